import type { Clock } from '../../machines/protocol/clock.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { CurrentSession } from './current-session.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import { ClientError } from './errors.ts'
import type { ClientLimits } from './limits.ts'
import { type Request, UserRequest } from './request.ts'
import { RequestQueue } from './request-queue.ts'

export interface RequestsOptions extends ClusterOptions {
  readonly sessions: boolean
  readonly defer: (callback: () => void) => void
}

/**
 * All requests of one client, from the call to the answer. Each waits until the current connection has room, is retried
 * if that is safe, and is settled once. They leave together at the end of a turn, as one frame.
 */
export class Requests {
  readonly #limits: ClientLimits
  readonly #clock: Clock
  readonly #defer: (callback: () => void) => void
  readonly #queue = new RequestQueue()
  readonly #cluster: Cluster
  /** The current session; undefined for a client without sessions. */
  readonly #session: CurrentSession | undefined
  readonly #deadline: DeadlineTimer
  #flushIsDue = false

  constructor(options: RequestsOptions, limits: ClientLimits) {
    this.#limits = limits
    this.#clock = options.clock
    this.#defer = options.defer
    this.#session = options.sessions ? new CurrentSession() : undefined
    this.#deadline = new DeadlineTimer(options.clock, () => this.#expire())
    this.#cluster = new Cluster(options, limits, {
      ready: () => this.#send(),
      roomMade: () => {
        if (this.#queue.size > 0) this.#flushLater()
      },
      returned: requests => {
        for (const request of requests) this.#queue.add(request)
      },
      expired: (request, reason) => this.#expired(request, reason),
      sessionOpened: (request, name) => {
        this.#session?.opened(name)
        request.resolve(undefined)
      },
      closed: () => this.#closed(),
    })
  }

  get endpoint(): string | undefined {
    return this.#cluster.current?.endpoint
  }

  start(): void {
    this.#cluster.start()
  }

  close(): void {
    const session = this.#session?.name
    if (session !== undefined && this.#cluster.isReady) this.#cluster.current?.endSession(session)
    this.#cluster.close()
  }

  /** @param isData whether the answer is wanted as plain data */
  ask(kind: Request['kind'], payload: Uint8Array, isData: boolean, timeoutMs: number): Promise<unknown> {
    const refusal = this.#refusal(payload)
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const nowMs = this.#clock.now()
      const deadlineMs = nowMs + timeoutMs
      const asked = { kind, payload, isData, timeoutMs, deadlineMs }
      this.#queue.add(new UserRequest(asked, resolve, reject, this.#settled))
      this.#deadline.setBy(Math.min(deadlineMs, nowMs + this.#limits.silenceMs))
      this.#flushLater()
    })
  }

  #refusal(payload: Uint8Array): ClientError | undefined {
    const { queueMax, queueBytesMax, payloadBytesMax } = this.#limits
    if (!this.#cluster.isOpen) return new ClientError('closed', 'the client is closed')
    if (this.#queue.size >= queueMax)
      return new ClientError('overloaded', `${this.#queue.size} requests wait already, the limit`)
    if (this.#queue.bytes + payload.length > queueBytesMax)
      return new ClientError('overloaded', `requests of ${this.#queue.bytes} bytes wait already, the limit`)
    if (payload.length > payloadBytesMax)
      return new ClientError(
        'tooLarge',
        `the command has ${payload.length} bytes, at most ${payloadBytesMax} are allowed`,
      )
    return undefined
  }

  #flushLater(): void {
    if (this.#flushIsDue) return
    this.#flushIsDue = true
    this.#defer(this.#flush)
  }

  readonly #flush = (): void => {
    this.#flushIsDue = false
    if (this.#cluster.isReady) this.#send()
  }

  #send(): void {
    const { current } = this.#cluster
    if (this.#queue.size === 0 || current?.room === undefined) return
    if (this.#session?.isOpen === false && this.#queue.hasCommands) this.#openSession(this.#session)
    const requests = this.#queue.take(
      current.room,
      request => request.kind !== 'execute' || this.#session === undefined || this.#session.place(request),
    )
    if (requests.length > 0) current.send(requests)
  }

  /**
   * Requests a session, for which commands wait. Overdue commands are rejected by themselves; the others request
   * another one.
   */
  #openSession(session: CurrentSession): void {
    const { timeoutMs } = this.#limits
    const request = session.begin(timeoutMs, this.#clock.now(), () => this.#flushLater())
    if (request === undefined) return
    this.#queue.addFirst(request)
    this.#deadline.setBy(request.deadlineMs)
  }

  #expired(request: Request, reason: string): void {
    this.#session?.expired(request.place?.session)
    // A command sent once and not applied is like a new one in the next session.
    if (request.sent === 1) {
      request.sent = 0
      request.place = undefined
      this.#queue.add(request)
      this.#flushLater()
    } else request.reject(new ClientError('sessionExpired', reason))
  }

  /** Called when a request is settled. The session's floor may rise, and make room for others. */
  readonly #settled = ({ place }: Request): void => {
    if (place === undefined) return
    const wasFull = place.session.isFull
    place.session.settled(place.sequence)
    if (wasFull && this.#queue.size > 0) this.#flushLater()
  }

  #expire(): void {
    const nowMs = this.#clock.now()
    const { nextMs, isSilent } = this.#cluster.expire(nowMs)
    for (const request of this.#queue.takeOverdue(nowMs)) request.reject(this.#overdue(request))
    const atMs = Math.min(nextMs, this.#queue.nextDeadlineMs)
    if (atMs < Number.POSITIVE_INFINITY) this.#deadline.setBy(atMs)
    if (isSilent) this.#cluster.leaveSilent()
    else if (this.#queue.size > 0) this.#flushLater()
  }

  #overdue({ kind, sent, timeoutMs }: Request): ClientError {
    if (kind === 'execute' && sent > 0)
      return new ClientError(
        'unknown',
        `no replica answered within ${timeoutMs} ms: the command may or may not have been executed`,
      )
    const { troubles } = this.#cluster
    return new ClientError('unavailable', `no replica took the command within ${timeoutMs} ms (${troubles})`)
  }

  #closed(): void {
    this.#deadline.clear()
    for (const request of this.#queue.takeAll())
      request.reject(
        request.kind === 'execute' && request.sent > 0
          ? new ClientError(
              'unknown',
              'the client was closed before the answer came: the command may be executed, or not',
            )
          : new ClientError('closed', 'the client was closed before the command was sent'),
      )
  }
}
