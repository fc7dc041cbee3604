import { type Command, conflict, NOP, type Value } from '../../../machines/protocol/commands.ts'
import { type Dependencies, includes, sameDependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { sameCommand } from '../../../machines/protocol/votes.ts'
import { nameOf } from '../names.ts'
import { Violation } from '../violation.ts'

interface Decision {
  readonly id: InstanceId
  readonly cmd: Value
  readonly dep: Dependencies
  readonly by: string
}

/** Decided commands that touch one key, per rank, by growing index. */
type Touching = Decision[][]

/** Footprints of everything are kept under this key, and meet all keys. */
const everything = '*'

const shown = (cmd: Value, dep: Dependencies): string => `${cmd === NOP ? 'Nop' : 'command'} {${dep.join(',')}}`

/**
 * Agreement on (command, dependencies) of every instance, and visibility of every conflicting pair: one of the two is in
 * the other's dependencies. Fed with every decision that anybody could have seen.
 */
export class Decisions {
  readonly #byId = new Map<string, Decision>()
  readonly #touching = new Map<string, Touching>()

  get count(): number {
    return this.#byId.size
  }

  decided(id: InstanceId, cmd: Value, dep: Dependencies, by: string): void {
    const name = nameOf(id)
    const known = this.#byId.get(name)
    if (known !== undefined) {
      const isSame =
        sameDependencies(known.dep, dep) &&
        (known.cmd === NOP ? cmd === NOP : cmd !== NOP && sameCommand(known.cmd, cmd))
      if (!isSame)
        throw new Violation(
          'agreement',
          `${name} was decided ${shown(known.cmd, known.dep)} (${known.by}) and now ${shown(cmd, dep)} (${by})`,
          [name],
        )
      return
    }
    const decision = { id, cmd, dep, by }
    this.#byId.set(name, decision)
    if (cmd !== NOP) this.#enter(decision, cmd)
  }

  of(id: InstanceId): { readonly cmd: Value; readonly dep: Dependencies } | undefined {
    return this.#byId.get(nameOf(id))
  }

  #enter(decision: Decision, cmd: Command): void {
    const { reads, writes } = cmd.footprint
    const keys = reads === 'all' || writes === 'all' ? [everything] : [...new Set([...reads, ...writes])]
    for (const [key, touching] of this.#touching)
      if (key === everything || keys[0] === everything || keys.includes(key))
        this.#checkVisible(decision, cmd, touching)
    for (const key of keys) {
      const touching = this.#touching.get(key) ?? []
      this.#touching.set(key, touching)
      touching[decision.id.rank] ??= []
      const row = touching[decision.id.rank]!
      row.push(decision)
      for (let at = row.length - 1; at > 0 && row[at - 1]!.id.index > decision.id.index; at--) {
        row[at] = row[at - 1]!
        row[at - 1] = decision
      }
    }
  }

  /** What lies in the dependencies of the new one is visible to it: only what lies above them must see it. */
  #checkVisible(decision: Decision, cmd: Command, touching: Touching): void {
    const { id, dep } = decision
    for (const row of touching) {
      for (let at = (row?.length ?? 0) - 1; at >= 0; at--) {
        const other = row[at]!
        if (other.id.index <= (dep[other.id.rank] ?? 0)) break
        if (other.cmd === NOP || other === decision || includes(other.dep, id.rank, id.index)) continue
        if (!conflict(cmd.footprint, other.cmd.footprint)) continue
        throw new Violation(
          'visibility',
          `${nameOf(id)} ${shown(cmd, dep)} and ${nameOf(other.id)} ${shown(other.cmd, other.dep)} conflict, and neither depends on the other`,
          [nameOf(id), nameOf(other.id)],
        )
      }
    }
  }
}
