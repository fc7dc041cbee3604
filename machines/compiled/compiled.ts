import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { Configurations } from './configurations.ts'
import { Macrostep } from './macrostep.ts'

/** Events of XState's own: `xstate.stop` and what actors tell their parents. */
const isOfXState = (type: string): boolean => type.startsWith('xstate.')
/**
 * Whether an event is the end of a child. XState would keep an entry for each of them for ever, since the event's name
 * contains the child's.
 */
const isEndOfChild = (type: string): boolean => type.startsWith('xstate.done.actor.')

/**
 * The same machine, for actors that are many or take many events. XState computes with every event which nodes are left
 * and entered; here each such move is computed once, from the machine's own definition, and kept in a table. The result
 * of an event is the same: XState's own snapshots, the same actions in the same order, the same inspection events.
 * Events of XState's own are left to the machine; the end of a child is ignored where no transition is for it.
 *
 * An error of a guard is passed on as it is: XState would wrap it.
 *
 * For charts of a simple kind: parallel, compound and atomic states and final ones at the top, with entry actions;
 * transitions with and without an event, with guards; `assign`, `raise` without a delay, and actions that are
 * functions.
 * @throws TypeError names the unsupported part: exit actions, invocations, delays, history, outputs, wildcards
 */
export function compiled<M extends AnyStateMachine>(machine: M): M {
  const configurations = new Configurations(machine)
  const from = (snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) =>
    new Macrostep(configurations.of(snapshot), snapshot, event, scope)
  return Object.create(machine, {
    transition: {
      value: (snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope): AnyMachineSnapshot => {
        if (!isOfXState(event.type)) return from(snapshot, event, scope).run()
        if (isEndOfChild(event.type) && configurations.ignoreEnds) return snapshot
        return machine.transition(snapshot, event, scope)
      },
    },
    getInitialSnapshot: {
      value: (scope: AnyActorScope, input: unknown): AnyMachineSnapshot =>
        from(configurations.initial(scope, input), { type: 'xstate.init', input }, scope).settle(),
    },
  }) as M
}
