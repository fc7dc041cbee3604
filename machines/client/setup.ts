import { assign, setup } from 'xstate'

/** A client's state about its connection to the cluster. The wiring holds waiting requests and those in flight. */
export interface ClientContext {
  /** Number of endpoints, in the order of preference. */
  readonly endpoints: number
  /** The current endpoint, 0..endpoints-1. */
  readonly at: number
  /** Number of endpoints tried since one last answered a request, or since the last pause. */
  readonly tried: number
  /** Number of pauses since an endpoint last answered a request: they grow with it. */
  readonly pauses: number
}

/**
 * Events of a client's statechart. All but `close` are about the current connection: the wiring forwards none of a
 * connection that was given up.
 */
export type ClientEvent =
  /** The replica welcomed us. */
  | { readonly type: 'opened' }
  /** A request was answered. */
  | { readonly type: 'served' }
  /** The connection could not be made, or has ended. */
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
    /** Opens a connection to endpoint `at`. */
    connect: wiredBy('connect'),
    /** Sends waiting requests on the current connection. */
    sendWaiting: wiredBy('sendWaiting'),
    /** Sends nothing new on the current connection. It ends when its requests in flight are settled. */
    giveUpConnection: wiredBy('giveUpConnection'),
    /** Ends every connection and settles every request. */
    settleAll: wiredBy('settleAll'),
    countTry: assign({ tried: ({ context }) => context.tried + 1 }),
    countPause: assign({ tried: 0, pauses: ({ context }) => context.pauses + 1 }),
    forgetTries: assign({ tried: 0, pauses: 0 }),
    toNextEndpoint: assign({ at: ({ context }) => (context.at + 1) % context.endpoints }),
  },
  guards: {
    allTried: ({ context }) => context.tried >= context.endpoints,
  },
  delays: {
    /** Jittered, growing with `pauses`, capped. */
    pause: wiredBy('pause'),
  },
})
