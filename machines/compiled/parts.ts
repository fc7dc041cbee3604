import type { AnyEventObject, AnyStateMachine, AnyStateNode } from 'xstate'
import type { Macrostep } from './macrostep.ts'
import type { Transition } from './moves.ts'

/** The arguments of a guard. */
export interface Scope {
  readonly context: unknown
  readonly event: AnyEventObject
}
type Guard = (scope: Scope) => boolean
/** Does one action in the course of a macrostep. */
export type Effect = (step: Macrostep) => void

/** A transition that may be taken, if its guard allows it. */
export interface Candidate {
  readonly transition: Transition
  readonly guard: Guard | undefined
  readonly effects: readonly Effect[]
}

type Params = { readonly params?: unknown }
type Named = string | ({ readonly type: string } & Params)
type Body = (scope: unknown, params: unknown) => unknown
type Assigners = { readonly [key: string]: unknown }
/** An action that XState gives a meaning of its own. */
type BuiltIn = Body & {
  readonly type: string
  readonly resolve: unknown
  readonly assignment?: unknown
  readonly event?: unknown
  readonly delay?: unknown
}

/** The definition of a machine, in parts that run. */
export interface Parts {
  readonly candidates: ReadonlyMap<Transition, Candidate>
  /** The effects of entering a node. */
  readonly entries: ReadonlyMap<AnyStateNode, readonly Effect[]>
}

/** @throws TypeError names the unsupported part, and its place */
export function partsOf(machine: AnyStateMachine): Parts {
  const candidates = new Map<Transition, Candidate>()
  const entries = new Map<AnyStateNode, readonly Effect[]>()
  const effectsOf = (actions: readonly unknown[], where: string) =>
    actions.map(action => effectOf(machine, action as Named | Body, where))
  const visit = (node: AnyStateNode): void => {
    checkNode(node)
    entries.set(node, effectsOf(node.entry, `${node.id} on entry`))
    const onEvents = [...(node.transitions.values() as Iterable<readonly Transition[]>)].flat()
    for (const transition of [...onEvents, ...((node.always ?? []) as readonly Transition[])]) {
      const { eventType, guard, actions } = transition
      const where = `${node.id} on ${eventType === '' ? 'no event' : eventType}`
      checkTransition(transition, where)
      candidates.set(transition, {
        transition,
        guard: guard === undefined ? undefined : guardOf(machine, guard as Named | Body, where),
        effects: effectsOf(actions, where),
      })
    }
    for (const child of Object.values(node.states) as AnyStateNode[]) visit(child)
  }
  visit(machine.root)
  return { candidates, entries }
}

function checkTransition({ eventType, target }: Transition, where: string): void {
  // XState itself handles its own events.
  if (eventType.includes('*') && !eventType.startsWith('xstate.')) throw unfollowed(where, 'a wildcard')
  if (eventType === '' && target === undefined) throw unfollowed(where, 'no target')
}

function checkNode(node: AnyStateNode): void {
  const { id, type, exit, invoke, initial, output, parent } = node
  // A delayed transition is one, too: it cancels its delay.
  if (exit.length > 0) throw unfollowed(id, 'exit actions')
  if (invoke.length > 0) throw unfollowed(id, 'an invocation')
  if (type === 'history') throw unfollowed(id, 'history')
  if (output !== undefined) throw unfollowed(id, 'an output')
  if (type === 'compound' && initial.actions.length > 0) throw unfollowed(id, 'initial actions')
  if (type === 'final' && parent?.parent !== undefined) throw unfollowed(id, 'a final state that is not at the top')
}

const unfollowed = (where: string, what: string): TypeError => new TypeError(`cannot be compiled: ${where}: ${what}`)

function guardOf(machine: AnyStateMachine, guard: Named | Body, where: string): Guard {
  const body = bodyOf(machine.implementations.guards, guard)
  if (body === undefined) throw unfollowed(where, `no guard is named ${nameOf(guard)}`)
  if (typeof body !== 'function' || 'check' in body) throw unfollowed(where, `the guard ${nameOf(guard)} is built in`)
  const params = paramsOf(guard)
  return scope => Boolean(body(scope, params(scope)))
}

function effectOf(machine: AnyStateMachine, action: Named | Body, where: string): Effect {
  const body = bodyOf(machine.implementations.actions, action)
  if (body === undefined) throw unfollowed(where, `no action is named ${nameOf(action)}`)
  const params = paramsOf(action)
  if (!('resolve' in body)) {
    const type = nameOf(action)
    return step => step.act(type, body, params(step))
  }
  const { type, assignment, event, delay } = body as BuiltIn
  if (type === 'xstate.assign') {
    const assigned = assignmentOf(assignment as Body | Assigners)
    return step => step.assign(assigned(step.scope, params(step)))
  }
  if (type === 'xstate.raise' && delay === undefined)
    return step =>
      step.raise((typeof event === 'function' ? (event as Body)(step.scope, params(step)) : event) as AnyEventObject)
  throw unfollowed(where, `the action ${nameOf(action)} is ${type}`)
}

/** One function for the whole assignment, or a function or value for each property. */
function assignmentOf(assignment: Body | Assigners): (scope: unknown, params: unknown) => object {
  if (typeof assignment === 'function') return assignment as (scope: unknown, params: unknown) => object
  const assigners = Object.entries(assignment)
  return (scope, params) =>
    Object.fromEntries(
      assigners.map(([key, each]) => [key, typeof each === 'function' ? (each as Body)(scope, params) : each]),
    )
}

const bodyOf = (implementations: object, part: Named | Body): Body | undefined =>
  typeof part === 'function' ? part : (implementations as { [name: string]: Body })[nameOf(part)]

const nameOf = (part: Named | Body): string =>
  typeof part === 'string' ? part : typeof part === 'function' ? part.name || '(anonymous)' : part.type

function paramsOf(part: Named | Body): (scope: Scope) => unknown {
  const params = typeof part === 'object' ? part.params : undefined
  return typeof params === 'function' ? scope => params({ context: scope.context, event: scope.event }) : () => params
}
