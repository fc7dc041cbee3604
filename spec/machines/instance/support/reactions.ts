import type { AnyStateNode } from 'xstate'
import { commandEvents, type InstanceEventType, messageEvents } from '../../../../machines/instance/events.ts'
import { instanceMachine } from '../../../../machines/instance/machine.ts'
import type { StateMeta } from '../../../../machines/instance/setup.ts'

/** Every event of the statechart: the messages, then what the replica itself tells it. */
export const events: readonly InstanceEventType[] = [...messageEvents, ...commandEvents]

/** One thing that a state may do on an event. */
export interface Reaction {
  /** The state that says so: itself, or one around it. */
  readonly state: string
  readonly guard: string | undefined
  readonly actions: readonly string[]
  readonly target: string | undefined
}

/** What a state does on an event: the first reaction whose guard holds; if none does, it is dropped. */
export interface Row {
  readonly reactions: readonly Reaction[]
  /** Why it is dropped, by the meta of the state or of one around it. */
  readonly ignored: string | undefined
}

const root: AnyStateNode = instanceMachine.root

export const nameOf = (node: AnyStateNode): string => node.path.join('/')
const stateNamed = (path: string): AnyStateNode =>
  path.split('/').reduce<AnyStateNode>((node, key) => {
    const child: AnyStateNode | undefined = node.states[key]
    if (child === undefined) throw new Error(`the statechart has no state ${path}`)
    return child
  }, root)

/** The states in which a region, or the whole, can stand. */
const leaves = (node: AnyStateNode): readonly AnyStateNode[] =>
  Object.keys(node.states).length === 0 ? [node] : Object.values(node.states).flatMap(leaves)
export const votes = leaves(stateNamed('undecided/vote'))
export const drives = leaves(stateNamed('undecided/drive'))
export const wholes = [stateNamed('committed'), stateNamed('executed')]
export const allLeaves = leaves(root)
const within = (node: AnyStateNode): readonly AnyStateNode[] => [node, ...Object.values(node.states).flatMap(within)]
export const allStates: readonly AnyStateNode[] = within(root)

/** The state and those around it, innermost first. */
export function around(state: AnyStateNode): readonly AnyStateNode[] {
  return state.parent === undefined ? [state] : [state, ...around(state.parent)]
}

export const metaOf = (state: AnyStateNode): StateMeta | undefined => state.meta as StateMeta | undefined

const nameOfGuard = (guard: unknown): string | undefined => (guard === undefined ? undefined : String(guard))

/** `reply acceptOk`: an effect, and which message it is given. */
function nameOfAction(action: unknown): string {
  if (typeof action === 'string') return action
  const { type, params } = action as { type: string; params?: { name: string } }
  return params === undefined ? type : `${type} ${params.name}`
}

export function rowOf(state: AnyStateNode, event: InstanceEventType): Row {
  const reactions = around(state).flatMap(each =>
    (each.transitions.get(event) ?? []).map(({ guard, actions, target }) => ({
      state: nameOf(each),
      guard: nameOfGuard(guard),
      actions: actions.map(nameOfAction),
      target: target?.map(nameOf).join(', '),
    })),
  )
  const always = reactions.findIndex(reaction => reaction.guard === undefined)
  const ignored = around(state)
    .map(each => metaOf(each)?.ignores?.[event])
    .find(reason => reason !== undefined)
  return { reactions: always < 0 ? reactions : reactions.slice(0, always + 1), ignored }
}

/** What a state does by itself as soon as a guard holds. */
export const alwaysOf = (state: AnyStateNode): readonly Reaction[] =>
  (state.always ?? []).map(({ guard, actions, target }) => ({
    state: nameOf(state),
    guard: nameOfGuard(guard),
    actions: actions.map(nameOfAction),
    target: target?.map(nameOf).join(', '),
  }))
