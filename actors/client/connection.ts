import type { ClientAnswer, ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { ClientConnector, ConnectionEnd, ServerConnection } from '../../net/clients.ts'
import { attempt, type Codec, CodecError } from '../../net/codec.ts'
import { ClientError } from './errors.ts'
import type { ClientLimits } from './limits.ts'
import { asMessages, inFrames } from './messages.ts'
import type { Request } from './request.ts'

export interface ConnectionEvents {
  opened(): void
  /** Something was answered, for the first time on this connection. */
  served(): void
  /** The replica did not and will not propose this request; another one may. */
  turnedAway(request: Request, reason: string): void
  /** The session of this request is no more. */
  expired(request: Request, reason: string): void
  sessionOpened(request: Request, name: string): void
  /** Room for more requests. */
  drained(): void
  /** Last, and once. `repeatable`: requests that were not answered, and may be sent again. */
  ended(end: ConnectionEnd, repeatable: readonly Request[]): void
}

/** One connection to one replica, and what is in flight on it. */
export interface Connection {
  readonly endpoint: string
  /** Requests that may be sent now. */
  readonly room: number
  send(requests: readonly Request[]): void
  /**
   * Takes out what is past its deadline, and tells the users. Returns when to look again, and whether the replica has been
   * silent for too long.
   */
  expire(nowMs: number): { readonly nextMs: number; readonly silent: boolean }
  /** Takes out what may be sent again elsewhere. */
  takeRepeatable(): readonly Request[]
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
  codec: Pick<Codec, 'decodeData' | 'decodePieces'>,
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
    if (answer.code === 'tooLarge' || answer.code === 'malformed' || answer.code === 'notReadOnly')
      request.reject(new ClientError(answer.code, reason))
    else if (answer.code === 'sessionExpired') events.expired(request, reason)
    else if (answer.code === 'outdated' || answer.code === 'tooManyUnacknowledged') request.reject(unknown(reason))
    else {
      // It is as if this sending had never been.
      request.sent--
      events.turnedAway(request, `${answer.code}, ${answer.reason}`)
    }
  }

  function answered(number: number, payload: Uint8Array): void {
    const request = take(number)
    if (request !== undefined) settle(request, () => (request.isData ? codec.decodeData(payload) : payload))
    served()
  }

  function settle(request: Request, read: () => unknown): void {
    const result = attempt(read)
    if (result instanceof CodecError) request.reject(new ClientError('malformed', `${endpoint}: ${result.message}`))
    else request.resolve(result)
  }

  function served(): void {
    if (wasServed) return
    wasServed = true
    events.served()
  }

  function results({ requests, lengths, results }: ClientMessageOf<'results'>): void {
    let values: readonly unknown[] | CodecError | undefined
    let to = 0
    for (let at = 0; at < requests.length; at++) {
      const from = to
      to += lengths[at] ?? 0
      const request = take(requests[at]!)
      if (request === undefined) continue
      if (!request.isData) request.resolve(results.subarray(from, to))
      else {
        values ??= attempt(() => codec.decodePieces(results, lengths))
        if (values instanceof CodecError) request.reject(new ClientError('malformed', `${endpoint}: ${values.message}`))
        else request.resolve(values[at])
      }
    }
    served()
  }

  function answer(message: ClientAnswer): void {
    if (message.type === 'results') results(message)
    else if (message.type === 'result') answered(message.request, message.payload)
    else if (message.type === 'statusReport') answered(message.request, message.json)
    else if (message.type === 'refused') refused(message)
    else if (message.type === 'sessionOpened') {
      const request = take(message.request)
      if (request !== undefined) events.sessionOpened(request, message.session)
    }
  }

  /** What has no effect, or has it once however often it is sent. */
  function takeRepeatable(): Request[] {
    const repeatable: Request[] = []
    for (const [number, { request }] of inFlight) {
      if (request.kind === 'execute' && request.place === undefined) continue
      inFlight.delete(number)
      repeatable.push(request)
    }
    return repeatable
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
      const repeatable = takeRepeatable()
      for (const { request } of inFlight.values())
        request.reject(unknown(`the connection to ${endpoint} ended before the answer came (${end.reason})`))
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
      const sentMs = now()
      for (const each of inFrames(requests, limits)) {
        const first = lastRequest + 1
        lastRequest += each.length
        each.forEach((request, at) => {
          inFlight.set(first + at, { request, sentMs })
          request.sent++
        })
        server.send(asMessages(each, first, limits.executeMax))
      }
    },

    expire(nowMs) {
      let nextMs = Number.POSITIVE_INFINITY
      let silent = false
      for (const [number, { request, sentMs }] of inFlight) {
        const isSilent = heardMs <= sentMs
        if (request.deadlineMs > nowMs) {
          silent ||= isSilent && sentMs + limits.silenceMs <= nowMs
          nextMs = Math.min(nextMs, request.deadlineMs, isSilent ? sentMs + limits.silenceMs : Number.POSITIVE_INFINITY)
          continue
        }
        inFlight.delete(number)
        silent ||= isSilent
        const reason = `${endpoint} did not answer within ${request.timeoutMs} ms`
        request.reject(request.kind === 'execute' ? unknown(reason) : new ClientError('unavailable', reason))
      }
      closeWhenSettled()
      return { nextMs, silent }
    },

    takeRepeatable,

    retire() {
      isRetired = true
      closeWhenSettled()
    },

    close,
  }
}
