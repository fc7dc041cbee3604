import { type ActorRefFrom, createActor } from 'xstate'
import { clientMachine } from '../../machines/client/client.ts'
import type { Clock, Random } from '../../machines/protocol/clock.ts'
import type { ClientConnector, ConnectionEnd } from '../../net/clients.ts'
import type { Codec } from '../../net/codec.ts'
import { Connection } from './connection.ts'
import type { ClientLimits } from './limits.ts'
import type { Request } from './request.ts'

/** Events of the cluster for a client's requests. */
export interface ClusterEvents {
  /** Called when the current connection begins to take requests. */
  ready(): void
  /** Called when there may be more room than before. */
  roomMade(): void
  /** Called with requests that may be retried, at any replica. */
  returned(requests: readonly Request[]): void
  expired(request: Request, reason: string): void
  sessionOpened(request: Request, name: string): void
  /** Called last: no connection takes requests any more. */
  closed(): void
}

export interface ClusterOptions {
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  readonly random: Random
  readonly codec: Pick<Codec, 'decodeData' | 'decodePieces'>
}

/**
 * The cluster as one client sees it: the client's chart, its current connection, and connections that were given up but
 * still bring answers. The chart decides which endpoint is next and when; this carries out its effects.
 */
export class Cluster {
  readonly #options: ClusterOptions
  readonly #limits: ClientLimits
  readonly #events: ClusterEvents
  readonly #chart: ActorRefFrom<typeof clientMachine>
  readonly #connections = new Set<Connection>()
  /** Connections that are being opened, by endpoint: the first that is welcomed becomes the current one. */
  readonly #dialled = new Map<number, Connection>()
  readonly #lastTrouble = new Map<string, string>()
  #current: Connection | undefined

  constructor(options: ClusterOptions, limits: ClientLimits, events: ClusterEvents) {
    this.#options = options
    this.#limits = limits
    this.#events = events
    const { endpoints, clock, random } = options
    const effects = clientMachine.provide({
      actions: {
        connect: ({ context }) => this.#connect(context.at, endpoints[context.at]!),
        choose: ({ context }) => this.#choose(context.at),
        sendWaiting: () => events.ready(),
        giveUpConnection: () => this.#giveUp(),
        settleAll: () => this.#closeAll(),
      },
      delays: {
        headStart: limits.headStartMs,
        pause: ({ context }) =>
          Math.min(limits.pauseMaxMs, limits.pauseMs * 2 ** Math.min(context.pauses - 1, 20)) * (0.5 + random() / 2),
      },
    })
    this.#chart = createActor(effects, { input: { endpoints: endpoints.length }, clock })
  }

  /** The connection to which requests go now; undefined while there is none. */
  get current(): Connection | undefined {
    return this.#current
  }

  get isReady(): boolean {
    return this.#chart.getSnapshot().matches('ready')
  }

  get isOpen(): boolean {
    return this.#chart.getSnapshot().status === 'active'
  }

  /** The last error of each endpoint, in words. */
  get troubles(): string {
    return this.#options.endpoints
      .map(endpoint => `${endpoint}: ${this.#lastTrouble.get(endpoint) ?? 'no answer yet'}`)
      .join('; ')
  }

  start(): void {
    this.#chart.start()
  }

  close(): void {
    if (this.isOpen) this.#chart.send({ type: 'close' })
  }

  /**
   * Ends overdue requests on every connection. Returns the time of the next check, and whether the current replica is
   * silent.
   */
  expire(nowMs: number): { readonly nextMs: number; readonly isSilent: boolean } {
    let nextMs = Number.POSITIVE_INFINITY
    let isSilent = false
    for (const connection of [...this.#connections]) {
      const found = connection.expire(nowMs)
      nextMs = Math.min(nextMs, found.nextMs)
      if (found.isSilent && connection === this.#current) isSilent = true
    }
    return { nextMs, isSilent }
  }

  /** Changes to the next replica, since the current one was silent for too long. */
  leaveSilent(): void {
    const silent = this.#current
    if (silent === undefined) return
    this.#lastTrouble.set(silent.endpoint, 'silent')
    this.#events.returned(silent.takeRepeatable())
    this.#chart.send({ type: 'silent' })
    this.#events.roomMade()
  }

  #connect(at: number, endpoint: string): void {
    const { connector, clock, codec } = this.#options
    const options = { connector, codec, limits: this.#limits, now: () => clock.now() }
    const events = this.#events
    /** Of those that are open the chart knows one. Those given up only receive the answers in flight. */
    const tell = (type: 'served' | 'turnedAway' | 'ended'): void => {
      if (this.#current === connection) this.#chart.send({ type })
    }
    const connection: Connection = new Connection(endpoint, options, {
      opened: () => {
        if (this.#dialled.get(at) === connection) this.#chart.send({ type: 'opened', at })
      },
      served: () => {
        this.#lastTrouble.delete(endpoint)
        tell('served')
      },
      turnedAway: (request, reason) => {
        this.#lastTrouble.set(endpoint, reason)
        events.returned([request])
        tell('turnedAway')
        events.roomMade()
      },
      heldBack: request => events.returned([request]),
      expired: (request, reason) => events.expired(request, reason),
      sessionOpened: (request, name) => {
        events.sessionOpened(request, name)
        tell('served')
        events.roomMade()
      },
      drained: () => events.roomMade(),
      ended: (end, repeatable) => {
        this.#connections.delete(connection)
        if (end.code !== 'closed') this.#lastTrouble.set(endpoint, describeEnd(end))
        events.returned(repeatable)
        tell('ended')
        if (this.#current === connection) this.#current = undefined
        if (this.#dialled.get(at) !== connection) return
        this.#dialled.delete(at)
        this.#chart.send({ type: 'failed' })
      },
    })
    this.#connections.add(connection)
    this.#dialled.set(at, connection)
  }

  #choose(at: number): void {
    this.#current = this.#dialled.get(at)
    this.#dialled.delete(at)
    const others = [...this.#dialled.values()]
    this.#dialled.clear()
    for (const other of others) other.close()
  }

  #giveUp(): void {
    const given = this.#current
    this.#current = undefined
    given?.retire()
  }

  #closeAll(): void {
    this.#current = undefined
    this.#dialled.clear()
    for (const connection of [...this.#connections]) {
      this.#events.returned(connection.takeRepeatable())
      connection.close()
    }
    this.#events.closed()
  }
}

const describeEnd = (end: ConnectionEnd): string => `${end.code}, ${end.reason}`
