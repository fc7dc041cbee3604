import { assign, type EventObject, setup } from 'xstate'
import type { Rank } from '../protocol/membership.ts'
import type { Message } from '../protocol/messages.ts'

export type ReplicaEvent =
  /** The store is open and read. */
  | { readonly type: 'opened' }
  /** Records, votes and the conflict index stand again as they were (section 6, after a restart). */
  | { readonly type: 'rebuilt' }
  /** The state stands again as it was told to others (rule 8.14). */
  | { readonly type: 'loaded' }
  | { readonly type: 'frame'; readonly from: Rank; readonly messages: readonly Message[] }
  /** Finish the commands in flight, take nothing new. */
  | { readonly type: 'drain' }
  /** Nothing is in flight any more, or the wait for it is over. */
  | { readonly type: 'drained' }
  | { readonly type: 'stop' }
  /** The store failed, an invariant broke, the transport is gone. */
  | { readonly type: 'fail'; readonly error: Error }

/** XState's event for a child actor that has thrown. */
export const isChildError = (event: EventObject): event is EventObject & { readonly error: unknown } =>
  event.type.startsWith('xstate.error.actor.')

const hasError = (event: object): event is { readonly error: Error } => 'error' in event && event.error instanceof Error

const unwired = (name: string) => (): never => {
  throw new Error(`the effect ${name} has no body: give it one with replicaMachine.provide`)
}

/**
 * The lifecycle of a replica. It votes in `loading`, `voting` and `draining`, and nowhere else (section 6). While it is
 * `loading` it answers no client: the tables of its state are read beside the votes (rule 8.14).
 */
export const replicaMachine = setup({
  types: {
    events: {} as ReplicaEvent,
    context: {} as { readonly error: Error | undefined },
    tags: {} as 'votes' | 'ended',
  },
  actions: {
    /** The first error stands: later ones follow from it. */
    noteError: assign({ error: ({ context, event }) => context.error ?? (hasError(event) ? event.error : undefined) }),
    rebuild: unwired('rebuild'),
    beginVoting: unwired('beginVoting'),
    route: unwired('route'),
    beginDraining: unwired('beginDraining'),
    halt: unwired('halt'),
  },
}).createMachine({
  id: 'replica',
  context: { error: undefined },
  initial: 'opening',
  on: {
    fail: { target: '.failed', actions: 'noteError' },
    // An instance's statechart that fails has broken an invariant: loudly, for all of the replica.
    'xstate.error.actor.*': { target: '.failed', actions: 'noteError' },
  } as object,
  states: {
    opening: {
      on: { opened: 'rebuilding', stop: 'stopped', drain: 'stopped' },
    },
    rebuilding: {
      entry: 'rebuild',
      on: { rebuilt: 'loading', stop: 'stopped', drain: 'stopped' },
    },
    loading: {
      tags: 'votes',
      entry: 'beginVoting',
      on: {
        frame: { actions: 'route' },
        loaded: 'voting',
        drain: 'draining',
        stop: 'stopped',
      },
    },
    voting: {
      tags: 'votes',
      on: {
        frame: { actions: 'route' },
        drain: 'draining',
        stop: 'stopped',
      },
    },
    draining: {
      tags: 'votes',
      entry: 'beginDraining',
      on: {
        frame: { actions: 'route' },
        drained: 'stopped',
        stop: 'stopped',
      },
    },
    stopped: { tags: 'ended', entry: 'halt' },
    failed: { tags: 'ended', entry: 'halt' },
  },
})
export type ReplicaState = 'opening' | 'rebuilding' | 'loading' | 'voting' | 'draining' | 'stopped' | 'failed'
