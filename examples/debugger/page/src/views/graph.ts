import { directBlockers } from '../../../model/blockers.ts'
import type { Instance, State } from '../../../model/state.ts'
import type { Id, Member } from '../../../trace/format.ts'
import { idAt } from '../../../trace/ids.ts'
import { type Phase, phaseOf, phases } from '../draw/colours.ts'

export interface GraphNode {
  readonly id: Id
  readonly rank: number
  /** Its place from the left, by when it was first heard of. */
  readonly column: number
  /** The furthest that it has come anywhere; `executed` only where all that run have. */
  readonly phase: Phase
  /** By rank; undefined where nothing was heard of it, or the replica is down. */
  readonly sides: readonly (Phase | undefined)[]
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly byId: ReadonlyMap<Id, GraphNode>
  /** From an instance to the latest of each row that it depends on. */
  readonly edges: readonly { readonly from: GraphNode; readonly to: GraphNode }[]
  /** Those that were, or have to be, executed together. */
  readonly components: readonly (readonly GraphNode[])[]
  /** Nodes before the first, and dependencies that point there. */
  readonly earlier: number
  readonly edgesToEarlier: number
}

/** Instances and what they depend on, the latest `max` before `skip` latest ones. */
export function graphOf(state: State, max: number, skip: number): Graph {
  const all = [...state.instances.values()]
  const end = Math.max(Math.min(all.length, max), all.length - skip)
  const from = Math.max(0, end - max)
  const part = together(all.slice(from, end))
  const nodes = part.map((each, column) => nodeOf(state, each, column))
  const byId = new Map(nodes.map(each => [each.id, each]))
  let edgesToEarlier = 0
  const edges = part.flatMap((instance, at) =>
    dependenciesOf(instance).flatMap((index, rank) => {
      if (index === 0) return []
      const to = byId.get(idAt(state.header, rank, index))
      if (to === nodes[at]) return []
      if (to === undefined) edgesToEarlier++
      return to === undefined ? [] : [{ from: nodes[at]!, to }]
    }),
  )
  return { nodes, byId, edges, components: componentsOf(state, part, byId), earlier: from, edgesToEarlier }
}

/** A component stands where its first instance does, so that its frame holds no others. */
function together(part: readonly Instance[]): readonly Instance[] {
  const first = new Map<number, number>()
  for (const [at, { component }] of part.entries())
    if (component !== undefined && !first.has(component)) first.set(component, at)
  const place = ({ component }: Instance, at: number) => (component === undefined ? at : first.get(component)!)
  return part
    .map((instance, at) => ({ instance, at, place: place(instance, at) }))
    .sort((a, b) => a.place - b.place || a.at - b.at)
    .map(({ instance }) => instance)
}

/** The final ones, or those that its coordinator has by now. */
export function dependenciesOf({ decided, sides, rank }: Instance): readonly number[] {
  const side = sides[rank] ?? sides.find(each => each !== undefined)
  return decided?.dep ?? side?.record?.dep ?? []
}

function nodeOf(state: State, { id, rank, index, sides }: Instance, column: number): GraphNode {
  const own = sides.map((side, at): Phase | undefined => {
    const replica = state.replicas[at]!
    if (!replica.isUp) return undefined
    if (side === undefined) return replica.executed[rank]! >= index ? 'executed' : undefined
    return phaseOf(side.states, side.executedMs !== undefined || replica.executed[rank]! >= index)
  })
  const known = own.filter(each => each !== undefined)
  const furthest = known.reduce<Phase>((a, b) => (phases.indexOf(b) > phases.indexOf(a) ? b : a), 'initial')
  const isEverywhere = known.length > 0 && known.every(each => each === 'executed')
  const phase = furthest === 'executed' && !isEverywhere ? 'committed' : furthest
  return { id, rank, column, phase, sides: own }
}

/** Executed components as they were told; of the others those whose final dependencies lead back to themselves. */
function componentsOf(state: State, part: readonly Instance[], byId: ReadonlyMap<Id, GraphNode>): GraphNode[][] {
  const told = new Map<number, GraphNode[]>()
  for (const { id, component } of part) {
    if (component === undefined) continue
    const nodes = told.get(component) ?? []
    told.set(component, nodes)
    nodes.push(byId.get(id)!)
  }
  const waiting = part.filter(({ component, decided }) => component === undefined && decided !== undefined)
  return [...told.values(), ...cycles(state, waiting, byId)].filter(({ length }) => length > 1)
}

/** Strongly connected components, after Tarjan. */
function cycles(state: State, waiting: readonly Instance[], byId: ReadonlyMap<Id, GraphNode>): GraphNode[][] {
  const ids = new Set(waiting.map(({ id }) => id))
  const order = new Map<Id, number>()
  const low = new Map<Id, number>()
  const stack: Id[] = []
  const found: GraphNode[][] = []
  const next = (instance: Instance) =>
    dependenciesOf(instance)
      .map((index, rank) => (index === 0 ? undefined : idAt(state.header, rank, index)))
      .filter(id => id !== undefined && ids.has(id)) as Id[]
  const visit = (id: Id): void => {
    order.set(id, order.size)
    low.set(id, order.get(id)!)
    stack.push(id)
    for (const other of next(state.instances.get(id)!)) {
      if (!order.has(other)) visit(other)
      if (stack.includes(other)) low.set(id, Math.min(low.get(id)!, low.get(other)!))
    }
    if (low.get(id) !== order.get(id)) return
    found.push(stack.splice(stack.indexOf(id)).map(each => byId.get(each)!))
  }
  for (const { id } of waiting) if (!order.has(id)) visit(id)
  return found
}

/** What the picked instance waits for at a replica, as arrows that are drawn over the others. */
export function chainEdges(state: State, at: Member, chain: readonly Id[]): readonly (readonly [Id, Id])[] {
  return chain.flatMap(id => {
    const instance = state.instances.get(id)
    return instance === undefined ? [] : directBlockers(state, at, instance).map(other => [id, other] as const)
  })
}
