import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { State } from '../model/state.ts'

/** A state of a statechart. */
export interface ChartNode {
  /** Its path joined by dots; '' for the root. */
  readonly id: string
  /** Its own name, which traces use for leaves. */
  readonly key: string
  readonly kind: 'leaf' | 'final' | 'composite' | 'parallel'
  /** The composite that it is in; undefined on the outermost level. */
  readonly parent: string | undefined
  /** Its composite begins here. */
  readonly isInitial: boolean
  /** The rules that live here, and the paper that they come from. */
  readonly rule: string | undefined
  readonly source: string | undefined
}

export interface ChartTransition {
  /** '' for one that is taken as soon as its guard allows. */
  readonly event: string
  readonly guard: string | undefined
}

/** All transitions from one state to another. */
export interface ChartEdge {
  /** `from>to`, ids. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly transitions: readonly ChartTransition[]
}

export interface Chart {
  readonly nodes: readonly ChartNode[]
  readonly edges: readonly ChartEdge[]
}

type Transition = NonNullable<AnyStateNode['always']>[number]

/**
 * A statechart as data, from the machine's own definition. What a composite says of a move inside it is drawn from each leaf that
 * it may move from; what leaves it, from itself. Transitions that only act, and go nowhere, are left out.
 */
export function chartOf(machine: AnyStateMachine): Chart {
  const states = within(machine.root).slice(1)
  const edges = new Map<string, { from: string; to: string; transitions: ChartTransition[] }>()
  const note = (from: AnyStateNode, to: AnyStateNode, { eventType, guard }: Transition): void => {
    const id = `${idOf(from)}>${idOf(to)}`
    const edge = edges.get(id) ?? { from: idOf(from), to: idOf(to), transitions: [] }
    edges.set(id, edge)
    edge.transitions.push({ event: eventType, guard: guard === undefined ? undefined : String(guard) })
  }
  for (const state of states)
    for (const transition of transitionsOf(state))
      for (const target of transition.target ?? []) {
        const isInside = ancestors(target).includes(state)
        if (!isInside) note(state, target, transition)
        // Only what is beside the target moves there: other regions stay as they are.
        else
          for (const leaf of leavesIn(target.parent!))
            if (leaf !== target && leaf.parent === target.parent) note(leaf, target, transition)
      }
  return {
    nodes: states.map(nodeOf),
    edges: [...edges].map(([id, { from, to, transitions }]) => ({ id, from, to, transitions })),
  }
}

/** How often each edge of the chart was taken up to the cursor, by rank: by edge id. What the chart has no edge for is left out. */
export function takenOn(
  chart: Chart,
  { edges, header }: Pick<State, 'edges' | 'header'>,
): ReadonlyMap<string, readonly number[]> {
  const taken = new Map<string, number[]>()
  for (const [step, byRank] of Object.entries(edges)) {
    const [, from, to, event] = /^(.*)>(.*):(.*)$/.exec(step) ?? []
    const edge = edgeOf(chart, from!, to!, event!)
    if (edge === undefined) continue
    const counts = taken.get(edge.id) ?? header.members.map(() => 0)
    taken.set(edge.id, counts)
    byRank.forEach((count, rank) => {
      counts[rank]! += count
    })
  }
  return taken
}

/** The edge by which a leaf was left for another on an event. */
export function edgeOf({ nodes, edges }: Chart, from: string, to: string, event: string): ChartEdge | undefined {
  const source = nodes.find(({ key, kind }) => key === from && kind !== 'composite' && kind !== 'parallel')
  const target = nodes.find(({ key, kind }) => key === to && kind !== 'composite' && kind !== 'parallel')
  if (source === undefined || target === undefined) return undefined
  const candidates = edges.filter(
    each => each.to === target.id && (each.from === source.id || source.id.startsWith(`${each.from}.`)),
  )
  const onEvent = candidates.find(({ transitions }) => transitions.some(each => each.event === event))
  // An event may lead on by itself: what is taken then has no event of its own.
  return onEvent ?? candidates.find(({ transitions }) => transitions.some(each => each.event === '')) ?? candidates[0]
}

function nodeOf(state: AnyStateNode): ChartNode {
  const { parent } = state
  const { rule, source } = (state.meta ?? {}) as { readonly rule?: string; readonly source?: string }
  const kind =
    state.type === 'parallel'
      ? 'parallel'
      : state.type === 'compound'
        ? 'composite'
        : state.type === 'final'
          ? 'final'
          : 'leaf'
  return {
    id: idOf(state),
    key: state.key,
    kind,
    parent: parent === undefined || parent.parent === undefined ? undefined : idOf(parent),
    isInitial: parent?.initial?.target?.includes(state) ?? false,
    rule,
    source,
  }
}

const idOf = (state: AnyStateNode): string => state.path.join('.')
const within = (state: AnyStateNode): readonly AnyStateNode[] => [state, ...Object.values(state.states).flatMap(within)]
const leavesIn = (state: AnyStateNode): readonly AnyStateNode[] =>
  within(state).filter(({ states }) => Object.keys(states).length === 0)
const ancestors = (state: AnyStateNode): readonly AnyStateNode[] =>
  state.parent === undefined ? [] : [state.parent, ...ancestors(state.parent)]
const transitionsOf = (state: AnyStateNode): readonly Transition[] =>
  [...state.transitions.values()].flat().concat(state.always ?? [])
