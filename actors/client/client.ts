import { createActor } from 'xstate'
import { clientMachine } from '../../machines/client/client.ts'
import type { ClientConnector, ConnectionEnd } from '../../net/clients.ts'
import type { Clock, Random } from '../../net/clock.ts'
import { type Connection, openConnection } from './connection.ts'
import { ClientError } from './errors.ts'
import { type ClientLimits, defaultClientLimits } from './limits.ts'
import type { Request } from './request.ts'

export interface ClientOptions extends Partial<ClientLimits> {
  /** Replicas in the order of preference, for example `ws://127.0.0.1:7101`. The next is tried when one is no use. */
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  readonly random: Random
  /** Runs a callback at the end of the turn: what was asked in one turn goes out as one frame. */
  readonly defer?: (callback: () => void) => void
}

export interface CallOptions {
  readonly timeoutMs?: number
}

/**
 * A client of a cluster. A command is sent once: when its fate cannot be told the promise is rejected with `unknown`,
 * and only commands that no replica has proposed go to the next endpoint.
 */
export interface Client {
  /**
   * Proposes a command, in the state machine's encoding; the result comes after it was executed.
   * @throws ClientError
   */
  execute(payload: Uint8Array, options?: CallOptions): Promise<Uint8Array>
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
  const { endpoints, connector, clock, random, defer = queueMicrotask } = options
  const limits: ClientLimits = { ...defaultClientLimits, ...options }
  if (endpoints.length === 0) throw new RangeError('a client needs at least one endpoint')

  let waiting: Request[] = []
  const connections = new Set<Connection>()
  let current: Connection | undefined
  const lastTrouble = new Map<string, string>()
  let flushIsDue = false
  let timer: { readonly handle: unknown; readonly atMs: number } | undefined

  function connect(endpoint: string): void {
    const connection: Connection = openConnection(connector, endpoint, limits, () => clock.now(), {
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
    const requests = waiting.length <= room ? waiting : waiting.slice(0, room)
    waiting = waiting.length <= room ? [] : waiting.slice(room)
    current.send(requests)
  }

  function unavailable(request: Request): ClientError {
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
    for (const request of late) request.reject(unavailable(request))
    for (const request of waiting) nextMs = Math.min(nextMs, request.deadlineMs)
    if (nextMs < Number.POSITIVE_INFINITY) expireAt(nextMs)
    if (isSilent) {
      lastTrouble.set(current!.endpoint, 'silent')
      actor.send({ type: 'silent' })
    }
  }

  function settleAll(): void {
    if (timer !== undefined) clock.clearTimeout(timer.handle)
    current = undefined
    for (const connection of [...connections]) connection.close()
    for (const request of waiting) {
      request.reject(new ClientError('closed', 'the client was closed before the command was sent'))
    }
    waiting = []
  }

  function request(kind: Request['kind'], payload: Uint8Array, call: CallOptions | undefined): Promise<Uint8Array> {
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
      waiting.push({ kind, payload, timeoutMs, deadlineMs, resolve, reject })
      expireAt(deadlineMs)
      flushLater()
    })
  }

  actor.start()
  return {
    execute: (payload, call) => request('propose', payload, call),
    get endpoint() {
      return current?.endpoint
    },
    status: async call => JSON.parse(decoder.decode(await request('status', noBytes, call))),
    close: () => {
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'close' })
    },
  }
}

const describeEnd = (end: ConnectionEnd): string => `${end.code}, ${end.reason}`
