import type { ClientAnswer, ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { ClientConnector, ConnectionEnd, ServerConnection } from '../../net/clients.ts'
import { attempt, type Codec, CodecError } from '../../net/codec.ts'
import { ClientError } from './errors.ts'
import { InFlight } from './in-flight.ts'
import type { ClientLimits } from './limits.ts'
import { asMessages, inFrames } from './messages.ts'
import type { Request } from './request.ts'
import type { Room } from './request-queue.ts'

export interface ConnectionEvents {
  opened(): void
  /** Called at the first answer on this connection. */
  served(): void
  /** Called when the replica did not and will not propose this request; another one may. */
  turnedAway(request: Request, reason: string): void
  /** Called when this request may go again once more answers of its session are acknowledged. */
  heldBack(request: Request): void
  /** Called when the session of this request has expired. */
  expired(request: Request, reason: string): void
  sessionOpened(request: Request, name: string): void
  /** Called when there is room for more requests. */
  drained(): void
  /** Called last, and once. `repeatable`: unanswered requests that may be retried. */
  ended(end: ConnectionEnd, repeatable: readonly Request[]): void
}

export interface ConnectionOptions {
  readonly connector: ClientConnector
  readonly codec: Pick<Codec, 'decodeData' | 'decodePieces'>
  readonly limits: ClientLimits
  now(): number
}

/** Fewer bytes than this between two looks may be pings, which say nothing of requests. */
const pingBytesMax = 1_024

/** One connection to one replica, and the requests in flight on it. */
export class Connection {
  readonly endpoint: string
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #inFlight = new InFlight()
  readonly #server: ServerConnection
  #heardMs: number
  /** The bytes on their way at the last look, and when they were seen to move. */
  #seen = { received: 0, waiting: 0 }
  #movedMs = Number.NEGATIVE_INFINITY
  #wasServed = false
  #isRetired = false
  #isClosed = false

  constructor(endpoint: string, options: ConnectionOptions, events: ConnectionEvents) {
    this.endpoint = endpoint
    this.#options = options
    this.#events = events
    this.#heardMs = options.now()
    this.#server = options.connector.connect(endpoint, {
      open: () => {
        this.#heardMs = options.now()
        events.opened()
      },
      answers: answers => this.#heard(answers),
      drained: () => events.drained(),
      ended: end => this.#ended(end),
    })
  }

  /** The requests that may be sent now; undefined for none. */
  get room(): Room | undefined {
    const { inFlightMax, inFlightBytesMax } = this.#options.limits
    const { size, bytes } = this.#inFlight
    const hasRoom = size < inFlightMax && (this.#server.flow?.hasRoom ?? true)
    return hasRoom ? { requests: inFlightMax - size, bytes: inFlightBytesMax - bytes, isEmpty: size === 0 } : undefined
  }

  send(requests: readonly Request[]): void {
    const { limits } = this.#options
    const sentMs = this.#options.now()
    for (const each of inFrames(requests, limits)) {
      const first = this.#inFlight.add(each, sentMs)
      this.#server.send(asMessages(each, first, limits.executeMax))
    }
  }

  /**
   * Takes out requests past their deadlines, and tells the users. Returns the time of the next check, and whether the
   * replica has been silent for too long.
   */
  expire(nowMs: number): { readonly nextMs: number; readonly isSilent: boolean } {
    const silenceMs = this.#silenceMs
    this.#look(nowMs)
    let nextMs = Number.POSITIVE_INFINITY
    let isSilent = false
    for (const [number, { request, sentMs }] of this.#inFlight.entries()) {
      const isUnheard = this.#heardMs <= sentMs
      const sinceMs = Math.max(sentMs, this.#movedMs)
      if (request.deadlineMs <= nowMs) {
        this.#inFlight.take(number)
        isSilent ||= isUnheard && sinceMs === sentMs
        request.reject(this.#overdue(request))
        continue
      }
      isSilent ||= isUnheard && sinceMs + silenceMs <= nowMs
      nextMs = Math.min(nextMs, request.deadlineMs, isUnheard ? sinceMs + silenceMs : Number.POSITIVE_INFINITY)
    }
    this.#closeWhenSettled()
    return { nextMs, isSilent }
  }

  /** Takes out the requests that may be retried elsewhere. */
  takeRepeatable(): readonly Request[] {
    return this.#inFlight.takeRepeatable()
  }

  /** Sends no further request: the connection ends when nothing is in flight any more. */
  retire(): void {
    this.#isRetired = true
    this.#closeWhenSettled()
  }

  /** Tells the replica that nothing of this session is asked any more. */
  endSession(session: string): void {
    if (this.#isClosed) return
    this.#server.send([{ type: 'endSession', request: this.#inFlight.number(), session }])
  }

  /** Ends now: requests in flight are unknown. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#server.close()
  }

  /** How long the replica may say nothing: a slow link needs time for what is in flight. */
  get #silenceMs(): number {
    const { silenceMs, linkBytesPerSecondMin } = this.#options.limits
    return silenceMs + Math.floor((1_000 * this.#inFlight.bytes) / linkBytesPerSecondMin)
  }

  /** Notes whether bytes move: the replica cannot answer what it does not have yet, and a large answer takes its time. */
  #look(nowMs: number): void {
    const { flow } = this.#server
    if (flow === undefined) return
    const { received, waiting } = flow
    if (received - this.#seen.received < pingBytesMax && (waiting === 0 || waiting === this.#seen.waiting)) return
    this.#seen = { received, waiting }
    this.#movedMs = nowMs
  }

  #closeWhenSettled(): void {
    if (this.#isRetired && this.#inFlight.size === 0) this.close()
  }

  #heard(answers: readonly ClientAnswer[]): void {
    this.#heardMs = this.#options.now()
    for (const answer of answers) this.#answer(answer)
    this.#events.drained()
    this.#closeWhenSettled()
  }

  #ended(end: ConnectionEnd): void {
    this.#isClosed = true
    const repeatable = this.#inFlight.takeRepeatable()
    for (const request of this.#inFlight.takeAll())
      request.reject(unknown(`the connection to ${this.endpoint} ended before the answer came (${end.reason})`))
    this.#events.ended(end, repeatable)
  }

  #answer(answer: ClientAnswer): void {
    if (answer.type === 'results') this.#results(answer)
    else if (answer.type === 'result') this.#result(answer.request, answer.payload)
    else if (answer.type === 'statusReport') this.#result(answer.request, answer.json)
    else if (answer.type === 'refused') this.#refused(answer)
    else if (answer.type === 'sessionOpened') {
      const request = this.#inFlight.take(answer.request)
      if (request !== undefined) this.#events.sessionOpened(request, answer.session)
    }
  }

  #result(number: number, payload: Uint8Array): void {
    const request = this.#inFlight.take(number)
    if (request !== undefined) {
      const result = request.isData ? attempt(() => this.#options.codec.decodeData(payload)) : payload
      this.#settle(request, result)
    }
    this.#served()
  }

  /**
   * Takes many results in one piece of bytes. As plain data they are decoded together, if a request still waits for
   * one.
   */
  #results({ requests, lengths, results }: ClientMessageOf<'results'>): void {
    let values: readonly unknown[] | CodecError | undefined
    let to = 0
    for (let at = 0; at < requests.length; at++) {
      const from = to
      to += lengths[at] ?? 0
      const request = this.#inFlight.take(requests[at]!)
      if (request === undefined) continue
      if (!request.isData) request.resolve(results.subarray(from, to))
      else {
        values ??= attempt(() => this.#options.codec.decodePieces(results, lengths))
        this.#settle(request, values instanceof CodecError ? values : values[at])
      }
    }
    this.#served()
  }

  #settle(request: Request, result: unknown): void {
    if (result instanceof CodecError)
      request.reject(new ClientError('malformed', `${this.endpoint}: ${result.message}`))
    else request.resolve(result)
  }

  #served(): void {
    if (this.#wasServed) return
    this.#wasServed = true
    this.#events.served()
  }

  #refused(answer: ClientMessageOf<'refused'>): void {
    const request = this.#inFlight.take(answer.request)
    if (request === undefined) return
    const reason = `${this.endpoint} refused: ${answer.reason}`
    const { code } = answer
    if (code === 'tooLarge' || code === 'malformed' || code === 'notReadOnly' || code === 'applyFailed')
      request.reject(new ClientError(code, reason))
    else if (answer.code === 'sessionExpired') this.#events.expired(request, reason)
    else if (answer.code === 'outdated') request.reject(unknown(reason))
    else if (answer.code === 'tooManyUnacknowledged') this.#heldBack(request, reason)
    else {
      // The request counts as not sent this time.
      request.sent--
      this.#events.turnedAway(request, `${answer.code}, ${answer.reason}`)
    }
  }

  /**
   * Sends a request again later: it was not applied, and its number keeps it from being applied twice. A replica never
   * refuses the lowest for this.
   */
  #heldBack(request: Request, reason: string): void {
    const floor = request.place?.session.floor
    if (floor === undefined || floor === request.heldAt) {
      request.reject(unknown(reason))
      return
    }
    request.sent--
    request.heldAt = floor
    this.#events.heldBack(request)
  }

  #overdue({ kind, timeoutMs }: Request): ClientError {
    const reason = `${this.endpoint} did not answer within ${timeoutMs} ms`
    return kind === 'execute' ? unknown(reason) : new ClientError('unavailable', reason)
  }
}

const unknown = (message: string): ClientError =>
  new ClientError('unknown', `${message}: the command may or may not have been executed`)
