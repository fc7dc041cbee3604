import type { Standing } from '../../machines/execution/client-table.ts'
import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import type { Random } from '../../machines/protocol/clock.ts'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, envelopes, footprintOf, noFootprint } from '../../machines/protocol/envelope.ts'
import { protocolVersion } from '../../machines/protocol/version.ts'
import type { ClientPeer, ClientPeerEvents } from '../../net/clients.ts'
import type { Codec } from '../../net/codec.ts'
import type { Answer } from '../execution/answer.ts'
import { type Proposal, proposalOf } from '../execution/proposal.ts'
import { type Outcome, outcomeOf } from '../execution/replicated-state.ts'
import type { Inspected, InspectedCommand } from '../proposing/inspect-payload.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import type { Limits } from '../shared/limits.ts'
import { StateMachineError } from '../shared/user-state-machine.ts'
import type { Backups } from '../state/backups.ts'
import { Connection } from './connection.ts'
import { CommandProposal, readPieces, SessionCommands } from './session-commands.ts'

export interface ConnectionsPorts {
  readonly codec: Codec
  readonly limits: Limits
  readonly cluster: () => string
  readonly member: number
  readonly members: readonly number[]
  readonly random: Random
  /** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
  inspect(payload: Uint8Array): Inspected | Refusal
  /** Inspects a decoded command of so many bytes. */
  inspectCommand(command: unknown, bytes: number): InspectedCommand | Refusal
  /** The standing of a command of a session here. */
  look(session: string, sequence: number, floor: number): Standing
  /** Answers a command that only reads from the state here and now, or refuses it. */
  query(payload: Uint8Array): { readonly answer: Uint8Array } | Refusal
  /** Takes commands in, or calls `refused` for each that it does not take. */
  propose<P extends Proposal>(proposals: readonly P[], refused: (proposal: P, refusal: Refusal) => void): void
  readonly backups: Backups
  /** @param clients connected now */
  status(clients: number): Uint8Array
  /** Runs a piece of work as one turn; answers are told at its end. */
  turn(run: () => void): void
}

/** Reason for ending a connection without an answer: so the client learns that the outcome is unknown. */
const unknownOutcome = 'the outcome of a command is not known here'

const noBytes = new Uint8Array(0)

/** Tells a client the outcome of a command of its session. */
function tell(connection: Connection, request: number, outcome: Outcome): void {
  if ('refused' in outcome) connection.refuse(request, outcome.refused, outcome.reason)
  else if ('answer' in outcome) connection.result(request, outcome.answer)
}

/** The client connections of one replica. */
export class Connections {
  readonly #ports: ConnectionsPorts
  readonly #connections = new Set<Connection>()
  /** Connections with something of this turn to be told at its end. */
  readonly #touched = new Set<Connection>()

  constructor(ports: ConnectionsPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#connections.size
  }

  /** Called when a client has connected. */
  connected(client: ClientPeer): ClientPeerEvents {
    const { limits, member, members, cluster, turn } = this.#ports
    const connection = new Connection({ client, limits, touched: each => this.#touched.add(each) })
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
          for (const request of requests) this.#take(connection, request)
        }),
      closed: () => {
        connection.closed()
        this.#connections.delete(connection)
        this.#touched.delete(connection)
      },
    }
  }

  /**
   * Sends one frame to each client that was answered in this turn.
   * @throws the error of an answer that cannot be sent, once all others are told theirs, so that the replica's end tells
   * nothing twice
   */
  endTurn(): void {
    let failure: { readonly error: unknown } | undefined
    for (const connection of this.#touched) {
      try {
        connection.endTurn()
      } catch (error) {
        failure ??= { error }
      }
    }
    this.#touched.clear()
    if (failure !== undefined) throw failure.error
  }

  drain(): void {
    for (const connection of this.#connections) connection.drain()
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

  #take(connection: Connection, request: ClientRequest): void {
    if (request.type === 'execute') {
      this.#executeAll(connection, request)
      return
    }
    const refusal = this.#serve(connection, request)
    if (refusal !== undefined) connection.refuse(request.request, refusal.code, refusal.reason)
  }

  #serve(connection: Connection, request: Exclude<ClientRequest, { type: 'execute' }>): Refusal | undefined {
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
        connection.answer({ type: 'statusReport', request: request.request, json: this.#ports.status(this.size) })
        return undefined
    }
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

  /** Takes the commands of a session in. Those that were applied here already are answered at once. */
  #executeAll(connection: Connection, message: ClientMessageOf<'execute'>): void {
    const { codec, limits, look, propose, inspectCommand } = this.#ports
    const { request: first, session, sequences, floor } = message
    const source = new SessionCommands(message, codec, connection.lane, {
      executed: (request, outcome) => {
        connection.settled()
        tell(connection, request, outcome)
      },
      dropped: (request, reason) => {
        connection.settled()
        connection.refuse(request, 'notReady', reason)
      },
      abandoned: () => {
        connection.settled()
        connection.close(unknownOutcome)
      },
    })
    const room = connection.room()
    const proposals: CommandProposal[] = []
    for (const [at, piece] of readPieces(message, codec, limits).entries()) {
      const request = first + at
      const sequence = sequences[at]!
      const known = look(session, sequence, floor)
      if (known.standing === 'answered') {
        tell(connection, request, outcomeOf(known.result as Answer))
        continue
      }
      if ('code' in piece) {
        connection.refuse(request, piece.code, piece.reason)
        continue
      }
      const found = inspectCommand(piece.command, piece.to - piece.from)
      if ('code' in found) connection.refuse(request, found.code, found.reason)
      else if (typeof room !== 'number') connection.refuse(request, room.code, room.reason)
      else if (proposals.length >= room) connection.refuse(request, 'overloaded', connection.fullReason)
      else proposals.push(new CommandProposal(source, request, sequence, piece, found))
    }
    connection.taken(proposals.length)
    propose(proposals, ({ request }, { code, reason }) => {
      connection.settled()
      connection.refuse(request, code, reason)
    })
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
    const room = connection.room()
    if (typeof room !== 'number') {
      settled()
      return room
    }
    const over = () => {
      settled()
      connection.settled()
    }
    const payload = encodeEnvelope(this.#ports.codec, envelope, command)
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
    connection.taken(1)
    let refusal: Refusal | undefined
    this.#ports.propose([proposal], (_, why) => {
      over()
      refusal = why
    })
    return refusal
  }
}
