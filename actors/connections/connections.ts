import type { ClientMessageOf, ClientRequest, ForgetVerdict } from '../../machines/protocol/client-messages.ts'
import { protocolVersion } from '../../machines/protocol/version.ts'
import type { ClientPeer, ClientPeerEvents } from '../../net/clients.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { ClientBytes } from './client-bytes.ts'
import { Connection } from './connection.ts'
import { bytesOf, type WaitingCommands } from './intake.ts'
import { SessionRequests, type SessionRequestsPorts } from './session-requests.ts'
import { SingleRequests, type SingleRequestsPorts } from './single-requests.ts'

export interface ConnectionsPorts extends SessionRequestsPorts, SingleRequestsPorts {
  readonly cluster: () => string
  readonly members: readonly number[]
  /** Answers a command that only reads from the state here and now, or refuses it. */
  query(payload: Uint8Array): { readonly answer: Uint8Array } | Refusal
  /** @param clients connected now */
  status(clients: Pick<Connections, 'size' | 'heldByReads'>): Uint8Array
  /** Forgets the store by which a member is known, or says why not. */
  forgetPeer(member: number, done: (verdict: ForgetVerdict) => void): void
  /** Runs a piece of work in a turn that others join, of all that is readable now; answers are told at its end. */
  gather(run: () => void): void
  /** Runs a piece of work as a turn of its own, once others had theirs. */
  later(run: () => void): void
  now(): number
}

/** The client connections of one replica. */
export class Connections {
  readonly #ports: ConnectionsPorts
  readonly #connections = new Set<Connection>()
  /** Connections with something of this turn to be told at its end. */
  readonly #touched = new Set<Connection>()
  readonly #clientBytes: ClientBytes
  readonly #sessionRequests: SessionRequests
  readonly #singleRequests: SingleRequests
  #status: { readonly json: Uint8Array; readonly atMs: number } | undefined

  constructor(ports: ConnectionsPorts) {
    this.#ports = ports
    this.#clientBytes = new ClientBytes(ports.limits.clientsBytesMax)
    this.#sessionRequests = new SessionRequests(ports)
    this.#singleRequests = new SingleRequests(ports)
  }

  get size(): number {
    return this.#connections.size
  }

  /** Number of connections whose next command waits for reads before it (rule 5a.7). */
  get heldByReads(): number {
    let count = 0
    for (const connection of this.#connections) if (connection.isHeldByReads) count++
    return count
  }

  /** Called when a client has connected. */
  connected(client: ClientPeer): ClientPeerEvents {
    const { limits, member, members, cluster, gather } = this.#ports
    const connection = new Connection({
      client,
      limits,
      clientBytes: this.#clientBytes,
      touched: each => this.#touched.add(each),
    })
    this.#connections.add(connection)
    client.send([
      {
        type: 'welcome',
        protocolMajor: protocolVersion.major,
        protocolMinor: protocolVersion.minor,
        cluster: cluster(),
        member,
        members,
        build: undefined,
      },
    ])
    return {
      requests: requests =>
        gather(() => {
          connection.arrived(requests)
          this.#serve(connection)
        }),
      drained: () =>
        gather(() => {
          this.#touched.add(connection)
          this.#serve(connection)
        }),
      closed: () => {
        connection.closed()
        this.#connections.delete(connection)
        this.#touched.delete(connection)
      },
    }
  }

  /** Takes waiting requests up for which there is room, now that commands were executed in this turn. */
  serve(): void {
    for (const connection of this.#touched) if (connection.intake.first !== undefined) this.#serve(connection)
  }

  /**
   * Sends one frame to each client that was answered in this turn, as far as its socket takes answers.
   * @throws the error of an answer that cannot be sent, once all others are told theirs, so that the replica's end tells
   * nothing twice
   */
  endTurn(): void {
    let failure: { readonly error: unknown } | undefined
    for (const connection of this.#touched) {
      try {
        connection.endTurn()
        if (!connection.isHeldByReads && this.#mayServe(connection)) this.#serveLater(connection)
      } catch (error) {
        failure ??= { error }
      }
    }
    this.#touched.clear()
    if (failure !== undefined) throw failure.error
  }

  /** Takes nothing new: what waits is refused. */
  drain(): void {
    for (const connection of this.#connections) {
      connection.drain()
      this.#serve(connection)
    }
  }

  close(reason: string): void {
    for (const connection of [...this.#connections]) connection.close(reason)
  }

  /**
   * Ends the connections that have commands in flight, once they are told what is known: their clients may ask another
   * replica.
   */
  giveUp(reason: string): void {
    this.endTurn()
    for (const connection of [...this.#connections]) if (connection.hasInFlight) connection.close(reason)
  }

  /** Takes waiting requests up, in their order, while there is room. */
  #serve(connection: Connection): void {
    const { intake } = connection
    connection.isHeld = false
    while (this.#mayServe(connection)) {
      const waiting = intake.first!
      const { message } = waiting
      if (message.type === 'execute') {
        if (!this.#sessionRequests.take(connection, waiting as WaitingCommands)) break
        intake.shift()
        continue
      }
      if (message.type === 'propose') {
        connection.isHeld = this.#singleRequests.isHeld(connection, message)
        if (connection.isHeld) break
      }
      intake.shift()
      const refusal = connection.refusal ?? connection.refusalOf(message) ?? this.#take(connection, message)
      if (refusal !== undefined) connection.refuse(message.request, refusal.code, refusal.reason)
    }
    connection.regulate()
  }

  #mayServe(connection: Connection): boolean {
    const first = connection.intake.first?.message
    if (first === undefined) return false
    if (connection.refusal !== undefined) return true
    const isAnsweredAtOnce = first.type === 'query' || first.type === 'status'
    if (isAnsweredAtOnce) return connection.mayAnswer
    return connection.mayTake(first.type === 'execute' ? 0 : bytesOf(first))
  }

  #serveLater(connection: Connection): void {
    this.#ports.later(() => this.#serve(connection))
  }

  #take(connection: Connection, request: Exclude<ClientRequest, { type: 'execute' }>): Refusal | undefined {
    switch (request.type) {
      case 'openSession':
      case 'endSession':
      case 'propose':
      case 'backup':
        return this.#singleRequests.take(connection, request)
      case 'query':
        return this.#query(connection, request)
      case 'status':
        connection.answer({ type: 'statusReport', request: request.request, json: this.#statusNow() })
        return undefined
      case 'forgetPeer':
        this.#ports.forgetPeer(request.member, verdict =>
          connection.answer({ type: 'peerForgotten', request: request.request, verdict }),
        )
        return undefined
    }
  }

  /** The status, made anew when the last one is no longer of now. */
  #statusNow(): Uint8Array {
    const { now, limits, status } = this.#ports
    const nowMs = now()
    if (this.#status === undefined || nowMs - this.#status.atMs >= limits.statusKeptMs)
      this.#status = { json: status(this), atMs: nowMs }
    return this.#status.json
  }

  /** Answers a query at once, from the state here. */
  #query(connection: Connection, { request, payload }: ClientMessageOf<'query'>): Refusal | undefined {
    const answer = this.#ports.query(payload)
    if ('code' in answer) return answer
    connection.answer({ type: 'result', request, payload: answer.answer })
    return undefined
  }
}
