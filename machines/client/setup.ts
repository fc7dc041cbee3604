import { assign, setup } from 'xstate'

/** A client's state about its connection to the cluster. The wiring holds waiting requests and those in flight. */
export interface ClientContext {
  /** Number of endpoints, in the order of preference. */
  readonly endpoints: number
  /** The endpoint that is talked to, or was dialled last, 0..endpoints-1. */
  readonly at: number
  /** Endpoints, the next one to dial first. What was dialled goes to the end, what answered comes back to the second place. */
  readonly order: readonly number[]
  /** Number of connections that are being opened, side by side. */
  readonly dialled: number
  /** Number of endpoints tried since one last answered a request, or since the last pause. */
  readonly tried: number
  /** Number of pauses since an endpoint last answered a request: they grow with it. */
  readonly pauses: number
}

/**
 * Events of a client's statechart. `opened` and `failed` are about one of the connections that are being opened, all
 * others but `close` about the current one: the wiring forwards none of a connection that was given up.
 */
export type ClientEvent =
  /** The replica at this endpoint welcomed us, before any other that is being dialled. */
  | { readonly type: 'opened'; readonly at: number }
  /** A connection could not be made. */
  | { readonly type: 'failed' }
  /** A request was answered. */
  | { readonly type: 'served' }
  /** The connection has ended. */
  | { readonly type: 'ended' }
  /** The replica refused a request that another one may take. */
  | { readonly type: 'turnedAway' }
  /** A request's deadline passed and nothing at all was heard since it was sent. */
  | { readonly type: 'silent' }
  /** The user is done with the client. */
  | { readonly type: 'close' }

const wiredBy = (name: string) => (): never => {
  throw new Error(`the client's chart was started without its effect '${name}'`)
}

/** The vocabulary of a client's statechart. Effects have no body here: actors/client provides them. */
export const client = setup({
  types: {
    context: {} as ClientContext,
    events: {} as ClientEvent,
    input: {} as { readonly endpoints: number },
  },
  actions: {
    /** Opens a connection to endpoint `at`, beside those that are being opened. */
    connect: wiredBy('connect'),
    /** Makes the connection to endpoint `at` the current one, and ends the others that are being opened. */
    choose: wiredBy('choose'),
    /** Sends waiting requests on the current connection. */
    sendWaiting: wiredBy('sendWaiting'),
    /** Sends nothing new on the current connection. It ends when its requests in flight are settled. */
    giveUpConnection: wiredBy('giveUpConnection'),
    /** Ends every connection and settles every request. */
    settleAll: wiredBy('settleAll'),
    takeNextEndpoint: assign(({ context: { order, tried, dialled } }) => {
      const [at = 0, ...others] = order
      return { at, order: [...others, at], tried: tried + 1, dialled: dialled + 1 }
    }),
    countFailure: assign({ dialled: ({ context }) => context.dialled - 1 }),
    take: assign(({ event, context }) => ({ at: event.type === 'opened' ? event.at : context.at, dialled: 0 })),
    countPause: assign({ tried: 0, pauses: ({ context }) => context.pauses + 1 }),
    forgetTries: assign({ tried: 0, pauses: 0 }),
    /** What has answered is dialled again soon: second only to the next one. */
    remember: assign(({ context: { at, order } }) => {
      const [first, ...others] = order.filter(each => each !== at)
      return { order: first === undefined ? [at] : [first, at, ...others] }
    }),
  },
  guards: {
    allTried: ({ context }) => context.tried >= context.endpoints,
    someUntried: ({ context }) => context.tried < context.endpoints,
    /** Another one than that which has just failed. */
    othersAreDialled: ({ context }) => context.dialled > 1,
  },
  delays: {
    /** Jittered, growing with `pauses`, capped. */
    pause: wiredBy('pause'),
    /** How long an endpoint is dialled alone. */
    headStart: wiredBy('headStart'),
  },
})
