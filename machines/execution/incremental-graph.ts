import { type Footprint, NOP, type Value } from '../protocol/commands.ts'
import type { Dependencies } from '../protocol/dependencies.ts'
import { invariant } from '../protocol/errors.ts'
import { compareIds, type InstanceId, type InstanceKey, keyOf } from '../protocol/instance-id.ts'
import { directBlockers } from './blockers.ts'
import { ConflictLists } from './conflict-lists.ts'
import { ConflictWalk } from './conflict-walk.ts'
import { ExecutedSet } from './executed-set.ts'
import type { Blocker, Component, ExecutionGraph, ExecutionGraphOptions } from './execution-graph.ts'
import { Fifo } from './fifo.ts'
import { type GrowingComponent, isInTreeOf, mergeCycle, newComponent, park, wholeOf } from './growing-component.ts'
import { IndexSet } from './index-set.ts'
import { KnownPayloads } from './known-payloads.ts'
import type { Vertex } from './vertex.ts'

/** Default limit of the answers to a question. */
const answersMax = 100

/**
 * The execution graph, kept up to date by events. Nothing recurses, waits or searches twice: a final instance follows
 * its edges one at a time, stands still at the first that cannot be passed, and goes on from there when that changes;
 * cycles are merged when they close, and a component without further edges has all its dependencies executed.
 *
 * Time, per instance: O(log) for each key and row, for each conflicting unexecuted dependency that it meets (not those
 * behind one of its own component that waits for them anyway), and O(1) for each row with unknown payloads. A new edge
 * costs besides the smaller of the length of the queue it joins and the number of those behind the joiner: O(1) for an
 * instance that joins a hot key's queue, however long. Memory: the unexecuted instances, and the executed set.
 */
export class IncrementalGraph implements ExecutionGraph {
  readonly executed: ExecutedSet
  readonly #n: number
  readonly #epoch: number
  readonly #known: KnownPayloads<GrowingComponent>
  readonly #lists = new ConflictLists()
  readonly #vertices = new Map<InstanceKey, Vertex>()
  /** Nops that were not handed out yet. */
  readonly #nops = new Map<InstanceKey, InstanceId>()
  /** Vertices that are not final, and awaited. */
  readonly #awaited = new Set<Vertex>()
  /** Roots that can go on. */
  readonly #runnable = new Fifo<GrowingComponent>()
  readonly #wake = (component: GrowingComponent): void => this.#runnable.add(component)
  #finals = 0

  constructor({ n, epoch = 1, executed = new ExecutedSet(n) }: ExecutionGraphOptions) {
    const { prefix, above } = executed.toData()
    invariant(prefix.length === n, () => `execution: an executed set of ${prefix.length} rows for ${n} replicas`)
    this.#n = n
    this.#epoch = epoch
    this.executed = executed.copy()
    this.#known = new KnownPayloads(
      prefix.map((each, rank) => new IndexSet(each, above[rank])),
      (rank, index) => this.#list({ epoch, rank, index }),
      this.#wake,
    )
  }

  get unexecuted(): number {
    return this.#finals + this.#nops.size
  }

  learnt(id: InstanceId, footprint: Footprint): void {
    this.#check(id)
    if (!this.#known.has(id)) this.#addVertex(id, footprint)
  }

  committed(id: InstanceId, value: Value, deps: Dependencies): void {
    this.#check(id)
    const learnt = this.#vertices.get(keyOf(id))
    if (learnt === undefined ? this.#known.has(id) : learnt.final !== undefined) return
    if (value === NOP) {
      this.#addNop(id, learnt)
      return
    }
    invariant(
      deps.length === this.#n,
      () => `execution: instance ${id.rank}.${id.index} (by rank) has ${deps.length} dependencies, not ${this.#n}`,
    )
    const vertex = learnt ?? this.#addVertex(id, value.footprint)
    const component = newComponent(vertex)
    const walk = new ConflictWalk(vertex, deps, this.#lists)
    vertex.final = { value, deps, component, walk, rowsKnown: 0 }
    this.#finals++
    this.#wake(component)
    this.#wakeAwaiting(vertex)
  }

  takeReady(instancesMax = Number.POSITIVE_INFINITY): Component[] {
    const ready: Component[] = []
    let instances = 0
    for (const [key, id] of this.#nops) {
      if (instances >= instancesMax) return ready
      this.#nops.delete(key)
      this.executed.add(id)
      ready.push([{ id, value: NOP }])
      instances++
    }
    while (instances < instancesMax && this.#runnable.size > 0) {
      const done = this.#run(this.#runnable.take()!)
      if (done === undefined) continue
      ready.push(this.#execute(done))
      instances += done.members.length
    }
    return ready
  }

  blockers(id: InstanceId, limit = answersMax): Blocker[] {
    this.#check(id)
    if (this.executed.has(id) || this.#nops.has(keyOf(id))) return []
    const vertex = this.#vertices.get(keyOf(id))
    if (vertex?.final === undefined) return [{ id, reason: vertex === undefined ? 'unknownPayload' : 'uncommitted' }]
    return directBlockers(vertex, this.#vertices, this.#known, this.#lists, limit)
  }

  awaited(limit = answersMax): InstanceId[] {
    const result: InstanceId[] = []
    for (const { id } of this.#awaited) {
      if (result.length >= limit) return result
      result.push(id)
    }
    for (let rank = 0; rank < this.#n; rank++) {
      for (const index of this.#known.awaited(rank, limit - result.length))
        result.push({ epoch: this.#epoch, rank, index })
    }
    return result
  }

  /**
   * Follows edges of a root until none is left, or one must be awaited.
   * @returns the finished component, if none is left
   */
  #run(root: GrowingComponent): GrowingComponent | undefined {
    let component = root
    for (;;) {
      const vertex = component.unfinished.at(-1)
      if (vertex === undefined) return component
      if (this.#awaitsPayload(vertex, component)) return undefined
      const { deps, walk } = vertex.final!
      // The usual instance, which has nothing to wait for, needs no walk.
      const target = this.executed.covers(deps) ? undefined : walk.next()
      if (target === undefined) {
        component.unfinished.pop()
      } else if (target.final === undefined) {
        target.awaitedBy ??= []
        target.awaitedBy.push(component)
        this.#awaited.add(target)
        return undefined
      } else {
        const other = wholeOf(target.final.component)
        if (other === component) {
          walk.passFellow(target)
        } else if (isInTreeOf(component, other)) {
          component = mergeCycle(component, other)
        } else {
          park(component, other)
          return undefined
        }
      }
    }
  }

  /** Lets the component wait when a dependency of the vertex has an unknown payload. */
  #awaitsPayload(vertex: Vertex, component: GrowingComponent): boolean {
    const final = vertex.final!
    for (; final.rowsKnown < this.#n; final.rowsKnown++) {
      const upTo = final.deps[final.rowsKnown]!
      if (upTo > this.#known.prefix(final.rowsKnown)) {
        this.#known.await(final.rowsKnown, upTo, component)
        return true
      }
    }
    return false
  }

  #execute(done: GrowingComponent): Component {
    for (const vertex of done.members) {
      this.executed.add(vertex.id)
      this.#remove(vertex)
    }
    this.#finals -= done.members.length
    for (const parked of done.parked) {
      const component = wholeOf(parked)
      if (component === done) continue
      component.parkedOn = undefined
      this.#wake(component)
    }
    const members = done.members.map(({ id, final }) => ({ id, value: final!.value }))
    return members.length === 1 ? members : members.sort((a, b) => compareIds(a.id, b.id))
  }

  #addVertex(id: InstanceId, footprint: Footprint): Vertex {
    const vertex: Vertex = { id, footprint, listed: false, final: undefined, awaitedBy: undefined }
    this.#vertices.set(keyOf(id), vertex)
    this.#known.add(id)
    return vertex
  }

  /** The known prefix has reached the id: from now on it can be met, if it is neither executed nor Nop. */
  #list(id: InstanceId): void {
    const vertex = this.#vertices.get(keyOf(id))
    if (vertex === undefined) return
    vertex.listed = true
    this.#lists.add(vertex)
  }

  #remove(vertex: Vertex): void {
    this.#vertices.delete(keyOf(vertex.id))
    if (vertex.listed) this.#lists.remove(vertex)
  }

  #addNop(id: InstanceId, learnt: Vertex | undefined): void {
    this.#nops.set(keyOf(id), id)
    if (learnt === undefined) {
      this.#known.add(id)
    } else {
      this.#remove(learnt)
      this.#wakeAwaiting(learnt)
    }
  }

  #wakeAwaiting(vertex: Vertex): void {
    vertex.awaitedBy?.forEach(this.#wake)
    vertex.awaitedBy = undefined
    this.#awaited.delete(vertex)
  }

  #check(id: InstanceId): void {
    invariant(
      id.epoch === this.#epoch && id.rank < this.#n && id.index > 0,
      () =>
        `execution: epoch ${this.#epoch}, ranks below ${this.#n} and indices above 0 were expected, ` +
        `not epoch ${id.epoch}, rank ${id.rank}, index ${id.index}`,
    )
  }
}
