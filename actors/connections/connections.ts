import type {
  ClientAnswer,
  ClientMessageOf,
  ClientRequest,
  ForgetVerdict,
} from '../../machines/protocol/client-messages.ts'
import type { Random } from '../../machines/protocol/clock.ts'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, envelopes, footprintOf, noFootprint } from '../../machines/protocol/envelope.ts'
import { protocolVersion } from '../../machines/protocol/version.ts'
import type { ClientPeer, ClientPeerEvents } from '../../net/clients.ts'
import { type Proposal, proposalOf } from '../execution/proposal.ts'
import type { Inspected } from '../proposing/inspect-payload.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import { StateMachineError } from '../shared/user-state-machine.ts'
import type { Backups } from '../state/backups.ts'
import { ClientBytes } from './client-bytes.ts'
import { Connection } from './connection.ts'
import { bytesOf, type WaitingCommands } from './intake.ts'
import { SessionRequests, type SessionRequestsPorts, unknownOutcome } from './session-requests.ts'

export interface ConnectionsPorts extends SessionRequestsPorts {
  readonly cluster: () => string
  readonly member: number
  readonly members: readonly number[]
  readonly random: Random
  /** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
  inspect(payload: Uint8Array): Inspected | Refusal
  /** Answers a command that only reads from the state here and now, or refuses it. */
  query(payload: Uint8Array): { readonly answer: Uint8Array } | Refusal
  readonly backups: Backups
  /** @param clients connected now */
  status(clients: number): Uint8Array
  /** Forgets the store by which a member is known, or says why not. */
  forgetPeer(member: number, done: (verdict: ForgetVerdict) => void): void
  /** Runs a piece of work as one turn; answers are told at its end. */
  turn(run: () => void): void
  /** Runs a piece of work as a turn of its own, once others had theirs. */
  later(run: () => void): void
  now(): number
}

const noBytes = new Uint8Array(0)

/** The client connections of one replica. */
export class Connections {
  readonly #ports: ConnectionsPorts
  readonly #connections = new Set<Connection>()
  /** Connections with something of this turn to be told at its end. */
  readonly #touched = new Set<Connection>()
  readonly #clientBytes: ClientBytes
  readonly #sessionRequests: SessionRequests
  #status: { readonly json: Uint8Array; readonly atMs: number } | undefined

  constructor(ports: ConnectionsPorts) {
    this.#ports = ports
    this.#clientBytes = new ClientBytes(ports.limits.clientsBytesMax)
    this.#sessionRequests = new SessionRequests(ports)
  }

  get size(): number {
    return this.#connections.size
  }

  /** Called when a client has connected. */
  connected(client: ClientPeer): ClientPeerEvents {
    const { limits, member, members, cluster, turn } = this.#ports
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
        turn(() => {
          connection.arrived(requests)
          this.#serve(connection)
        }),
      drained: () =>
        turn(() => {
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
        if (this.#mayServe(connection)) this.#serveLater(connection)
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

  /** Takes waiting requests up, in their order, while there is room. */
  #serve(connection: Connection): void {
    const { intake } = connection
    while (this.#mayServe(connection)) {
      const waiting = intake.first!
      const { message } = waiting
      if (message.type === 'execute') {
        if (!this.#sessionRequests.take(connection, waiting as WaitingCommands)) break
        intake.shift()
        continue
      }
      intake.shift()
      const refusal = connection.refusal ?? this.#take(connection, message)
      if (refusal !== undefined) connection.refuse(message.request, refusal.code, refusal.reason)
    }
    connection.regulate()
  }

  #mayServe(connection: Connection): boolean {
    const first = connection.intake.first?.message
    if (first === undefined) return false
    if (connection.refusal !== undefined) return true
    const isAnsweredAtOnce =
      first.type === 'query' || first.type === 'status' || (first.type === 'backup' && first.digest !== '')
    if (isAnsweredAtOnce) return connection.mayAnswer
    return connection.mayTake(first.type === 'execute' ? 0 : bytesOf(first))
  }

  #serveLater(connection: Connection): void {
    this.#ports.later(() => this.#serve(connection))
  }

  #take(connection: Connection, request: Exclude<ClientRequest, { type: 'execute' }>): Refusal | undefined {
    switch (request.type) {
      case 'openSession':
        return this.#open(connection, request)
      case 'propose':
        return this.#propose(connection, request)
      case 'query':
        return this.#query(connection, request)
      case 'backup':
        return this.#backup(connection, request)
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
      this.#status = { json: status(this.size), atMs: nowMs }
    return this.#status.json
  }

  /** Answers a query at once, from the state here. */
  #query(connection: Connection, { request, payload }: ClientMessageOf<'query'>): Refusal | undefined {
    const answer = this.#ports.query(payload)
    if ('code' in answer) return answer
    connection.answer({ type: 'result', request, payload: answer.answer })
    return undefined
  }

  /**
   * Answers a request for a part of a backup. The point of a backup is a command, so the backup holds everything that
   * was acknowledged before the request.
   */
  #backup(connection: Connection, { request, digest, offset }: ClientMessageOf<'backup'>): Refusal | undefined {
    const { backups } = this.#ports
    if (digest === '') {
      if (backups.isFull) return { code: 'overloaded', reason: 'as many backups as may be are being fetched from here' }
      const settled = backups.announce()
      const answerOf = (): ClientAnswer | Refusal => {
        try {
          return { type: 'backupPart', request, ...backups.take() }
        } catch (error) {
          if (error instanceof StateMachineError) return { code: 'notReady', reason: error.message }
          throw error
        }
      }
      return this.#proposeOne(connection, request, envelopes.point(), noFootprint, answerOf, { settled })
    }
    const part = backups.part(digest, offset)
    if (part === undefined) return { code: 'notReady', reason: `backup ${digest} is not kept here any more` }
    connection.answer({ type: 'backupPart', request, ...part })
    return undefined
  }

  /** Proposes the command that begins a session. Its name is never used twice. */
  #open(connection: Connection, { request }: ClientMessageOf<'openSession'>): Refusal | undefined {
    const { member, random } = this.#ports
    const word = () => Math.floor(random() * 2 ** 32).toString(36)
    const name = `${member}.${word()}${word()}${word()}`
    return this.#proposeOne(connection, request, envelopes.open(name), noFootprint, () => ({
      type: 'sessionOpened',
      request,
      session: name,
    }))
  }

  /** Proposes a command without a session. */
  #propose(connection: Connection, { request, payload }: ClientMessageOf<'propose'>): Refusal | undefined {
    const found = this.#ports.inspect(payload)
    if ('code' in found) return found
    const envelope = envelopes.command(found.command)
    const answerOf = (payload: Uint8Array): ClientAnswer => ({ type: 'result', request, payload })
    return this.#proposeOne(connection, request, envelope, found.footprint, answerOf, { command: found.payload })
  }

  /** @param more.settled called when it is settled, or was not taken in */
  #proposeOne(
    connection: Connection,
    request: number,
    envelope: Envelope,
    own: Footprint,
    answerOf: (result: Uint8Array) => ClientAnswer | Refusal,
    { command, settled = () => undefined }: { readonly command?: Uint8Array; settled?(): void } = {},
  ): Refusal | undefined {
    const payload = encodeEnvelope(this.#ports.codec, envelope, command)
    const over = () => {
      settled()
      connection.settled(payload.length)
    }
    const told: Pick<Proposal, 'executed' | 'dropped' | 'abandoned'> = {
      executed: outcome => {
        over()
        if ('refused' in outcome) {
          connection.refuse(request, outcome.refused, outcome.reason)
          return
        }
        const answer = answerOf('answer' in outcome ? outcome.answer : noBytes)
        if ('type' in answer) connection.answer(answer)
        else connection.refuse(request, answer.code, answer.reason)
      },
      dropped: reason => {
        over()
        connection.refuse(request, 'notReady', reason)
      },
      abandoned: () => {
        over()
        connection.close(unknownOutcome)
      },
    }
    const proposal = proposalOf(payload, footprintOf(envelope, own), told, connection.lane)
    connection.taken(1, payload.length)
    let refusal: Refusal | undefined
    this.#ports.propose([proposal], (_, why) => {
      over()
      refusal = why
    })
    return refusal
  }
}
