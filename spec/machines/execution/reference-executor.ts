import type { Component } from '../../../machines/execution/execution-graph.ts'
import { conflict, type Footprint, NOP, type Value } from '../../../machines/protocol/commands.ts'
import { type Dependencies, includes } from '../../../machines/protocol/dependencies.ts'
import { compareIds, type InstanceId, type InstanceKey, keyOf, sameId } from '../../../machines/protocol/instance-id.ts'

interface Known {
  readonly id: InstanceId
  readonly footprint: Footprint
  final?: { readonly value: Value; readonly deps: Dependencies }
}

/**
 * [Section 5](../../../machines/protocol/README.md#section-5) of the protocol, word for word, searching everything
 * every time.
 */
export class ReferenceExecutor {
  readonly #known = new Map<InstanceKey, Known>()
  readonly #executed = new Set<InstanceKey>()

  learnt(id: InstanceId, footprint: Footprint): void {
    if (!this.#known.has(keyOf(id))) this.#known.set(keyOf(id), { id, footprint })
  }

  committed(id: InstanceId, value: Value, deps: Dependencies): void {
    this.learnt(id, value === NOP ? { reads: [], writes: [] } : value.footprint)
    this.#known.get(keyOf(id))!.final ??= { value, deps }
  }

  takeReady(): Component[] {
    const ready: Component[] = []
    for (let found = this.#first(); found !== undefined; found = this.#first()) {
      ready.push(found.map(({ id, final }) => ({ id, value: final!.value })))
      for (const { id } of found) this.#executed.add(keyOf(id))
    }
    return ready
  }

  isExecuted(id: InstanceId): boolean {
    return this.#executed.has(keyOf(id))
  }

  /** The first component all of whose edges lead into it, or to what is executed, and that awaits nothing. */
  #first(): Known[] | undefined {
    for (const each of this.#known.values()) {
      if (each.final === undefined || this.isExecuted(each.id)) continue
      if (each.final.value === NOP) return [each]
      const reached = this.#reachedFrom(each)
      if (reached === undefined) continue
      const component = reached.filter(other => this.#reachedFrom(other)!.includes(each))
      if (component.length === reached.length) return component.sort((a, b) => compareIds(a.id, b.id))
    }
    return undefined
  }

  /** Everything unexecuted that is reachable by edges, the start included; undefined when one of them must await. */
  #reachedFrom(start: Known): Known[] | undefined {
    const reached = [start]
    for (const each of reached) {
      for (const id of members(each.final!.deps)) {
        const other = this.#known.get(keyOf(id))
        if (sameId(id, each.id) || this.isExecuted(id)) continue
        if (other === undefined) return undefined
        if (other.final?.value === NOP || !conflict(each.footprint, other.footprint)) continue
        if (other.final === undefined) return undefined
        if (!reached.includes(other)) reached.push(other)
      }
    }
    return reached
  }
}

function members(deps: Dependencies): InstanceId[] {
  const result: InstanceId[] = []
  deps.forEach((_, rank) => {
    for (let index = 1; includes(deps, rank, index); index++) result.push({ epoch: 1, rank, index })
  })
  return result
}
