import { assign, setup } from 'xstate'

export type ConnectionEvent =
  /** Requests were taken in. */
  | { readonly type: 'taken'; readonly count: number }
  /** Requests were answered. */
  | { readonly type: 'answered'; readonly count: number }
  /** The replica takes nothing new; what was taken is still answered. */
  | { readonly type: 'drain' }
  | { readonly type: 'closed' }

/**
 * The connection of a client, at its replica: how many of its requests are under way decides whether more are taken. Refusing is
 * honest: a refused request was never proposed.
 */
export const connectionMachine = setup({
  types: {
    events: {} as ConnectionEvent,
    context: {} as { readonly inFlight: number; readonly inFlightMax: number },
    input: {} as { readonly inFlightMax: number },
    tags: {} as 'takes',
  },
  guards: {
    isFull: ({ context }) => context.inFlight >= context.inFlightMax,
    isIdle: ({ context }) => context.inFlight === 0,
  },
  actions: {
    countTaken: assign({
      inFlight: ({ context, event }) => context.inFlight + (event.type === 'taken' ? event.count : 0),
    }),
    countAnswered: assign({
      inFlight: ({ context, event }) => context.inFlight - (event.type === 'answered' ? event.count : 0),
    }),
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ inFlight: 0, inFlightMax: input.inFlightMax }),
  initial: 'serving',
  on: {
    taken: { actions: 'countTaken' },
    answered: { actions: 'countAnswered' },
    drain: '.draining',
    closed: '.closed',
  },
  states: {
    /** Requests are taken. */
    serving: { tags: 'takes', always: { guard: 'isFull', target: 'saturated' } },
    /** As many are under way as one client may have: more are refused until one is answered. */
    saturated: { on: { answered: { target: 'serving', actions: 'countAnswered' } } },
    /** The replica drains: nothing new, but what was taken is answered. */
    draining: { always: { guard: 'isIdle', target: 'drained' } },
    drained: {},
    closed: { type: 'final' },
  },
})
