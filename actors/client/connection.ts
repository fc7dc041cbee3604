import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import type { ClientConnector, ConnectionEnd, ServerConnection } from '../../net/clients.ts'
import { ClientError } from './errors.ts'
import type { ClientLimits } from './limits.ts'
import type { Request } from './request.ts'

export interface ConnectionEvents {
  opened(): void
  /** Something was answered, for the first time on this connection. */
  served(): void
  /** The replica did not and will not propose this request; another one may. */
  turnedAway(request: Request, reason: string): void
  /** Room for more requests. */
  drained(): void
  /** Last, and once. `repeatable`: requests without effect that were not answered. */
  ended(end: ConnectionEnd, repeatable: readonly Request[]): void
}

/** One connection to one replica, and what is in flight on it. */
export interface Connection {
  readonly endpoint: string
  /** Requests that may be sent now. */
  readonly room: number
  send(requests: readonly Request[]): void
  /** Takes out what is past its deadline, and tells the users. Returns the earliest deadline that is left. */
  expire(nowMs: number): { readonly nextMs: number; readonly silent: boolean }
  /** No request follows: the connection ends when nothing is in flight any more. */
  retire(): void
  /** Ends now: what is in flight is unknown. */
  close(): void
}

interface Sent {
  readonly request: Request
  readonly sentMs: number
}

const unknown = (message: string): ClientError =>
  new ClientError('unknown', `${message}: the command may or may not have been executed`)

export function openConnection(
  connector: ClientConnector,
  endpoint: string,
  limits: ClientLimits,
  now: () => number,
  events: ConnectionEvents,
): Connection {
  const inFlight = new Map<number, Sent>()
  let lastRequest = 0
  let heardMs = now()
  let wasServed = false
  let isRetired = false
  let isClosed = false

  /** The request that an answer belongs to. One that is past its deadline was settled before its answer came. */
  function take(number: number): Request | undefined {
    const sent = inFlight.get(number)
    inFlight.delete(number)
    return sent?.request
  }

  function refused(answer: ClientMessageOf<'refused'>): void {
    const request = take(answer.request)
    if (request === undefined) return
    const reason = `${endpoint} refused: ${answer.reason}`
    if (answer.code === 'tooLarge' || answer.code === 'malformed') request.reject(new ClientError(answer.code, reason))
    else events.turnedAway(request, `${answer.code}, ${answer.reason}`)
  }

  function answered(number: number, payload: Uint8Array): void {
    take(number)?.resolve(payload)
    if (wasServed) return
    wasServed = true
    events.served()
  }

  function answer(message: ClientAnswer): void {
    if (message.type === 'result') answered(message.request, message.payload)
    else if (message.type === 'statusReport') answered(message.request, message.json)
    else if (message.type === 'refused') refused(message)
  }

  function closeWhenSettled(): void {
    if (isRetired && inFlight.size === 0) close()
  }

  function close(): void {
    if (isClosed) return
    isClosed = true
    server.close()
  }

  const server: ServerConnection = connector.connect(endpoint, {
    open: () => {
      heardMs = now()
      events.opened()
    },
    answers: answers => {
      heardMs = now()
      const wasFull = inFlight.size >= limits.inFlightMax
      for (const each of answers) answer(each)
      if (wasFull) events.drained()
      closeWhenSettled()
    },
    ended: end => {
      isClosed = true
      const repeatable: Request[] = []
      for (const { request } of inFlight.values()) {
        if (request.kind === 'status') repeatable.push(request)
        else request.reject(unknown(`the connection to ${endpoint} ended before the answer came (${end.reason})`))
      }
      inFlight.clear()
      events.ended(end, repeatable)
    },
  })

  return {
    endpoint,
    get room() {
      return limits.inFlightMax - inFlight.size
    },

    send(requests) {
      let frame: ClientRequest[] = []
      let bytes = 0
      const sentMs = now()
      for (const request of requests) {
        const number = ++lastRequest
        inFlight.set(number, { request, sentMs })
        const full = frame.length >= limits.frameMessagesMax || bytes + request.payload.length > limits.frameBytesMax
        if (full && frame.length > 0) {
          server.send(frame)
          frame = []
          bytes = 0
        }
        bytes += request.payload.length
        frame.push(
          request.kind === 'status'
            ? { type: 'status', request: number }
            : { type: 'propose', request: number, payload: request.payload },
        )
      }
      if (frame.length > 0) server.send(frame)
    },

    expire(nowMs) {
      let nextMs = Number.POSITIVE_INFINITY
      let silent = false
      for (const [number, { request, sentMs }] of inFlight) {
        if (request.deadlineMs > nowMs) {
          nextMs = Math.min(nextMs, request.deadlineMs)
          continue
        }
        inFlight.delete(number)
        silent ||= heardMs <= sentMs
        request.reject(unknown(`${endpoint} did not answer within ${request.timeoutMs} ms`))
      }
      closeWhenSettled()
      return { nextMs, silent }
    },

    retire() {
      isRetired = true
      closeWhenSettled()
    },

    close,
  }
}
