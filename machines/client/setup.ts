import { assign, setup } from 'xstate'

/** What a client knows about its way to the cluster; what waits and what is in flight is the wiring's. */
export interface ClientContext {
  /** Number of endpoints, in the order of preference. */
  readonly endpoints: number
  /** Which one is the current, 0..endpoints-1. */
  readonly at: number
  /** Endpoints tried since one last answered a request, or since the last pause. */
  readonly tried: number
  /** Pauses since one last answered a request: they grow with it. */
  readonly pauses: number
}

/** All but `close` speak of the current connection: the wiring forwards nothing of one that was given up. */
export type ClientEvent =
  /** The replica welcomed us. */
  | { readonly type: 'opened' }
  /** A request was answered. */
  | { readonly type: 'served' }
  /** The connection could not be made, or is no more. */
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
    /** Sends what waits on the current connection. */
    sendWaiting: wiredBy('sendWaiting'),
    /** Sends nothing new on the current connection; it ends when what is in flight on it is settled. */
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
