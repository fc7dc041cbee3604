import { createActor } from 'xstate'
import { clientMachine } from '../../machines/client/client.ts'
import type { ClientConnector, ConnectionEnd } from '../../net/clients.ts'
import type { Clock, Random } from '../../net/clock.ts'
import { attempt, type Codec, CodecError } from '../../net/codec.ts'
import { type Connection, openConnection } from './connection.ts'
import { ClientError } from './errors.ts'
import { type ClientLimits, defaultClientLimits } from './limits.ts'
import { type Request, UserRequest } from './request.ts'
import { ClientSession } from './session.ts'

export interface ClientOptions extends Partial<ClientLimits> {
  /** Replicas in the order of preference, for example `ws://127.0.0.1:7101`. The next is tried when one is no use. */
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  readonly random: Random
  readonly codec: Pick<Codec, 'encodeBriefly' | 'decodeData' | 'decodePieces'>
  /**
   * Without a session a command is sent once, and `unknown` when its answer does not come. With one (the default) it is
   * sent again, to any replica, until it is answered or its time is over, and applied once.
   */
  readonly sessions?: boolean
  /** Runs a callback at the end of the turn: what was asked in one turn goes out as one frame. */
  readonly defer?: (callback: () => void) => void
}

export interface CallOptions {
  readonly timeoutMs?: number
}

/**
 * A client of a cluster. It reconnects, goes to another replica and sends again by itself until a command's time is over;
 * a command is applied once, and `unknown` says that its fate cannot be told.
 */
export interface Client {
  /**
   * Proposes a command, in the state machine's encoding; the result comes after it was executed.
   * @throws ClientError
   */
  execute(payload: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  /**
   * Answers a command that only reads, in the state machine's encoding, from the state of the replica that this client talks
   * to: at once and without consensus, so it may be older than what was acknowledged before.
   * @throws ClientError `notReadOnly` for a command that writes
   */
  query(payload: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  /**
   * `execute` and `query` with the command and the result as plain data, in the library's encoding: what a state machine
   * behind a `Replica` takes and gives.
   * @throws ClientError, CodecError for what is no plain data
   */
  ask(command: unknown, options?: CallOptions): Promise<unknown>
  look(command: unknown, options?: CallOptions): Promise<unknown>
  /**
   * The status of the replica that this client talks to.
   * @throws ClientError
   */
  status(options?: CallOptions): Promise<unknown>
  /** Where commands go now; undefined while there is no connection. */
  readonly endpoint: string | undefined
  /** Ends the connections. Requests that were sent are rejected as `unknown`, others as `closed`. */
  close(): void
}

const noBytes = new Uint8Array(0)
const decoder = new TextDecoder()

/** @throws RangeError without an endpoint */
export function createClient(options: ClientOptions): Client {
  const { endpoints, connector, clock, random, codec, sessions = true, defer = queueMicrotask } = options
  const limits: ClientLimits = { ...defaultClientLimits, ...options }
  if (endpoints.length === 0) throw new RangeError('a client needs at least one endpoint')

  let waiting: Request[] = []
  let session: ClientSession | undefined
  let isOpening = false
  const connections = new Set<Connection>()
  let current: Connection | undefined
  const lastTrouble = new Map<string, string>()
  let flushIsDue = false
  let timer: { readonly handle: unknown; readonly atMs: number } | undefined

  function connect(endpoint: string): void {
    const connection: Connection = openConnection(connector, endpoint, codec, limits, () => clock.now(), {
      opened: () => tell('opened'),
      served: () => {
        lastTrouble.delete(endpoint)
        tell('served')
      },
      turnedAway: (request, reason) => {
        lastTrouble.set(endpoint, reason)
        waiting.push(request)
        tell('turnedAway')
        flushLater()
      },
      expired: (request, reason) => {
        if (request.place?.session === session) session = undefined
        // Sent once, and not applied then: it is as new in the next session.
        if (request.sent === 1) {
          request.sent = 0
          request.place = undefined
          waiting.push(request)
          flushLater()
        } else request.reject(new ClientError('sessionExpired', reason))
      },
      sessionOpened: (request, name) => {
        isOpening = false
        session = new ClientSession(name)
        request.resolve(noBytes)
        tell('served')
        flushLater()
      },
      drained: flushLater,
      ended: (end, repeatable) => {
        connections.delete(connection)
        if (end.code !== 'closed') lastTrouble.set(endpoint, describeEnd(end))
        waiting.push(...repeatable)
        tell('ended')
        if (current === connection) current = undefined
      },
    })
    /** The chart knows one connection: those that were given up only bring home what is in flight. */
    const tell = (type: 'opened' | 'served' | 'turnedAway' | 'ended'): void => {
      if (current === connection) actor.send({ type })
    }
    connections.add(connection)
    current = connection
  }

  const actor = createActor(
    clientMachine.provide({
      actions: {
        connect: ({ context }) => connect(endpoints[context.at]!),
        sendWaiting,
        giveUpConnection: () => {
          const given = current
          current = undefined
          given?.retire()
        },
        settleAll,
      },
      delays: {
        pause: ({ context }) =>
          Math.min(limits.pauseMaxMs, limits.pauseMs * 2 ** Math.min(context.pauses - 1, 20)) * (0.5 + random() / 2),
      },
    }),
    { input: { endpoints: endpoints.length }, clock },
  )

  function flushLater(): void {
    if (flushIsDue) return
    flushIsDue = true
    defer(flush)
  }

  function flush(): void {
    flushIsDue = false
    if (actor.getSnapshot().matches('ready')) sendWaiting()
  }

  function sendWaiting(): void {
    const room = current?.room ?? 0
    if (waiting.length === 0 || current === undefined || room <= 0) return
    if (sessions && session === undefined && waiting.some(({ kind }) => kind === 'execute')) openSession()
    const requests: Request[] = []
    const left: Request[] = []
    for (const request of waiting) (requests.length < room && hasPlace(request) ? requests : left).push(request)
    waiting = left
    if (requests.length > 0) current.send(requests)
  }

  /** Commands wait until there is a session; it is asked for as long as somebody does. */
  function openSession(): void {
    if (isOpening) return
    isOpening = true
    const { timeoutMs } = limits
    waiting.unshift({
      kind: 'openSession',
      payload: noBytes,
      isData: false,
      timeoutMs,
      deadlineMs: clock.now() + timeoutMs,
      sent: 0,
      place: undefined,
      resolve: () => undefined,
      // Whoever still waits asks for another; those past their time hear so themselves.
      reject: () => {
        isOpening = false
        flushLater()
      },
    })
    expireAt(clock.now() + timeoutMs)
  }

  /** Gives a command its place in the session, if it needs one and there is one. */
  function hasPlace(request: Request): boolean {
    if (request.kind !== 'execute' || !sessions || request.place !== undefined) return true
    if (session === undefined || session.isFull) return false
    request.place = { session, sequence: session.next() }
    return true
  }

  /** Its number may go below the session's floor: others may have room now. */
  function settle({ place }: Request): void {
    if (place === undefined) return
    const wasFull = place.session.isFull
    place.session.settled(place.sequence)
    if (wasFull && waiting.length > 0) flushLater()
  }

  function overdue(request: Request): ClientError {
    if (request.kind === 'execute' && request.sent > 0)
      return new ClientError(
        'unknown',
        `no replica answered within ${request.timeoutMs} ms: the command may or may not have been executed`,
      )
    const troubles = endpoints.map(endpoint => `${endpoint}: ${lastTrouble.get(endpoint) ?? 'no answer yet'}`)
    return new ClientError(
      'unavailable',
      `no replica took the command within ${request.timeoutMs} ms (${troubles.join('; ')})`,
    )
  }

  /** One timer for all requests, at the earliest deadline. */
  function expireAt(atMs: number): void {
    if (timer !== undefined) {
      if (timer.atMs <= atMs) return
      clock.clearTimeout(timer.handle)
    }
    timer = { handle: clock.setTimeout(expire, Math.max(0, atMs - clock.now())), atMs }
  }

  function expire(): void {
    timer = undefined
    const nowMs = clock.now()
    let nextMs = Number.POSITIVE_INFINITY
    let isSilent = false
    for (const connection of [...connections]) {
      const found = connection.expire(nowMs)
      nextMs = Math.min(nextMs, found.nextMs)
      if (found.silent && connection === current) isSilent = true
    }
    const late = waiting.filter(request => request.deadlineMs <= nowMs)
    if (late.length > 0) waiting = waiting.filter(request => request.deadlineMs > nowMs)
    for (const request of late) request.reject(overdue(request))
    for (const request of waiting) nextMs = Math.min(nextMs, request.deadlineMs)
    if (nextMs < Number.POSITIVE_INFINITY) expireAt(nextMs)
    if (isSilent && current !== undefined) {
      lastTrouble.set(current.endpoint, 'silent')
      waiting.push(...current.takeRepeatable())
      actor.send({ type: 'silent' })
      flushLater()
    }
  }

  function settleAll(): void {
    if (timer !== undefined) clock.clearTimeout(timer.handle)
    current = undefined
    for (const connection of [...connections]) {
      waiting.push(...connection.takeRepeatable())
      connection.close()
    }
    const left = waiting
    waiting = []
    for (const request of left)
      request.reject(
        request.kind === 'execute' && request.sent > 0
          ? new ClientError(
              'unknown',
              'the client was closed before the answer came: the command may be executed, or not',
            )
          : new ClientError('closed', 'the client was closed before the command was sent'),
      )
  }

  function request(
    kind: Request['kind'],
    payload: Uint8Array,
    isData: boolean,
    call: CallOptions | undefined,
  ): Promise<unknown> {
    if (actor.getSnapshot().status !== 'active') {
      return Promise.reject(new ClientError('closed', 'the client is closed'))
    }
    if (waiting.length >= limits.queueMax) {
      return Promise.reject(new ClientError('overloaded', `${waiting.length} requests wait already, the limit`))
    }
    if (payload.length > limits.payloadBytesMax) {
      const message = `the command has ${payload.length} bytes, at most ${limits.payloadBytesMax} are allowed`
      return Promise.reject(new ClientError('tooLarge', message))
    }
    return new Promise((resolve, reject) => {
      const timeoutMs = call?.timeoutMs ?? limits.timeoutMs
      const deadlineMs = clock.now() + timeoutMs
      waiting.push(new UserRequest({ kind, payload, isData, timeoutMs, deadlineMs }, resolve, reject, settle))
      expireAt(Math.min(deadlineMs, clock.now() + limits.silenceMs))
      flushLater()
    })
  }

  function requestData(kind: Request['kind'], command: unknown, call: CallOptions | undefined): Promise<unknown> {
    const payload = attempt(() => codec.encodeBriefly(command))
    return payload instanceof CodecError ? Promise.reject(payload) : request(kind, payload, true, call)
  }

  actor.start()
  return {
    execute: (payload, call) => request('execute', payload, false, call) as Promise<Uint8Array>,
    query: (payload, call) => request('query', payload, false, call) as Promise<Uint8Array>,
    // It is copied into a frame soon, and sent again from there at most for as long as the call may take.
    ask: (command, call) => requestData('execute', command, call),
    look: (command, call) => requestData('query', command, call),
    get endpoint() {
      return current?.endpoint
    },
    status: async call => JSON.parse(decoder.decode((await request('status', noBytes, false, call)) as Uint8Array)),
    close: () => {
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'close' })
    },
  }
}

const describeEnd = (end: ConnectionEnd): string => `${end.code}, ${end.reason}`
