import { assign, setup } from 'xstate'

export type ConnectionEvent =
  /** Requests were taken in. */
  | { readonly type: 'taken'; readonly count: number }
  /** Requests were answered. */
  | { readonly type: 'answered'; readonly count: number }
  /** The replica takes nothing new; requests already taken are still answered. */
  | { readonly type: 'drain' }
  | { readonly type: 'closed' }

/**
 * The connection of a client, at its replica. The number of its requests under way decides whether more are taken. A
 * refused request was never proposed.
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
    /** The limit of requests under way is reached: more are refused until one is answered. */
    saturated: { on: { answered: { target: 'serving', actions: 'countAnswered' } } },
    /** The replica drains: nothing new is taken, and requests already taken are answered. */
    draining: { always: { guard: 'isIdle', target: 'drained' } },
    drained: {},
    closed: { type: 'final' },
  },
})
