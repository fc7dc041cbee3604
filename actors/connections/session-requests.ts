import type { Standing } from '../../machines/execution/client-table.ts'
import type { ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { Texts } from '../../net/codec/plain-data-decoder.ts'
import type { Codec } from '../../net/codec.ts'
import type { Answer } from '../execution/answer.ts'
import { type Outcome, outcomeOf } from '../execution/outcome.ts'
import type { Proposal } from '../execution/proposal.ts'
import type { InspectedCommand } from '../proposing/inspect-payload.ts'
import type { Refusal } from '../proposing/refusal.ts'
import type { Limits } from '../shared/limits.ts'
import type { Connection } from './connection.ts'
import type { WaitingCommands } from './intake.ts'
import type { ReadsPort } from './reads-port.ts'
import { CommandProposal, type CommandsInHand, type Piece, readPieces, SessionCommands } from './session-commands.ts'

export interface SessionRequestsPorts {
  readonly codec: Codec
  readonly limits: Limits
  /** How commands are decoded. */
  readonly texts: Texts
  readonly reads: ReadsPort
  /** Inspects a decoded command of so many bytes. */
  inspectCommand(command: unknown, bytes: number): InspectedCommand | Refusal
  /** The standing of a command of a session here. */
  look(session: string, sequence: number, floor: number): Standing
  /** Bytes of the answers that are kept for a session, and for all. */
  keptFor(session: string): { readonly bytes: number; readonly all: number }
  /** Takes commands in, or calls `refused` for each that it does not take. */
  propose<P extends Proposal>(proposals: readonly P[], refused: (proposal: P, refusal: Refusal) => void): void
}

/** Reason for ending a connection without an answer: so the client learns that the outcome is unknown. */
export const unknownOutcome = 'the outcome of a command is not known here'

/** Tells a client the outcome of a command of its session. */
function tell(connection: Connection, request: number, outcome: Outcome): void {
  if ('refused' in outcome) connection.refuse(request, outcome.refused, outcome.reason)
  else if ('answer' in outcome) connection.result(request, outcome.answer)
}

/** Notes that a command is not in flight any more. */
function settle(connection: Connection, { from, to, isRead, isByQuorum, footprint }: CommandProposal): void {
  connection.settled(to - from)
  if (isByQuorum) connection.reading.delete(footprint.reads)
  else if (!isRead) connection.writing.delete(footprint.writes)
}

/** Takes up the commands of sessions, as many of a message at a time as its connection has room for. */
export class SessionRequests {
  readonly #ports: SessionRequestsPorts

  constructor(ports: SessionRequestsPorts) {
    this.#ports = ports
  }

  /**
   * Takes up commands of a session while there is room. Those that were applied here already are answered at once.
   * @returns whether all of the message are taken up
   */
  take(connection: Connection, waiting: WaitingCommands): boolean {
    const { look, inspectCommand } = this.#ports
    const { message, end } = waiting
    const { request: first, session, sequences, lengths, floor } = message
    waiting.inHand ??= this.#read(connection, message)
    const { source, pieces } = waiting.inHand
    const proposals: CommandProposal[] = []
    for (; waiting.at < end; waiting.at++) {
      const { at } = waiting
      const piece = pieces[at]!
      if (connection.refusal === undefined && !connection.mayTake(lengths[at] ?? 0)) break
      const request = first + at
      const sequence = sequences[at]!
      const known = look(session, sequence, floor)
      if (known.standing === 'answered') {
        tell(connection, request, outcomeOf(known.result as Answer))
        continue
      }
      const found = 'code' in piece ? piece : inspectCommand(piece.command, piece.to - piece.from)
      const refusal = 'code' in found ? found : (connection.refusal ?? connection.refusalOf(message))
      if (refusal !== undefined) connection.refuse(request, refusal.code, refusal.reason)
      else if (sequence > floor + 1 && this.#keepsMuch(session, found as InspectedCommand))
        connection.refuse(
          request,
          'tooManyUnacknowledged',
          `many bytes of answers of session ${session} are kept already`,
        )
      else {
        const { command, footprint } = found as InspectedCommand
        // Rule 5a.7: a command waits for the reads before it on its connection that it would change.
        connection.isHeld = connection.reading.meets(footprint.writes)
        if (connection.isHeld) break
        const proposal = new CommandProposal(source, request, sequence, piece as Piece, found as InspectedCommand)
        connection.taken(1, lengths[at]!)
        if (proposal.isRead && this.#readByQuorum(connection, session, proposal, command)) continue
        if (!proposal.isRead) connection.writing.add(footprint.writes)
        proposals.push(proposal)
      }
    }
    this.#propose(connection, proposals)
    return waiting.at === end
  }

  /**
   * Gives a read to those by quorum. Behind a command in flight of its connection that it depends on it goes as a command,
   * which keeps their order (rule 5a.7).
   */
  #readByQuorum(connection: Connection, session: string, proposal: CommandProposal, command: unknown): boolean {
    const { reads } = this.#ports
    const { events } = proposal.source
    const keys = proposal.footprint.reads
    if (connection.writing.meets(keys) || !reads.isKnown(session)) return false
    proposal.isByQuorum = reads.take(keys, command, {
      answered: outcome => events.executed(proposal, outcome),
      asCommand: () => this.#propose(connection, [proposal]),
      dropped: reason => events.dropped(proposal, reason),
    })
    if (proposal.isByQuorum) connection.reading.add(keys)
    return proposal.isByQuorum
  }

  #propose(connection: Connection, proposals: readonly CommandProposal[]): void {
    this.#ports.propose(proposals, (proposal, { code, reason }) => {
      settle(connection, proposal)
      connection.refuse(proposal.request, code, reason)
    })
  }

  /**
   * Whether so many bytes of answers are kept for a session that no more may be added (rule 5.4). Reads leave none.
   */
  #keepsMuch(session: string, { footprint }: InspectedCommand): boolean {
    if (footprint.writes.length === 0) return false
    const { sessionAnswerBytesMax, sessionsAnswerBytesMax } = this.#ports.limits
    const { bytes, all } = this.#ports.keptFor(session)
    return bytes >= sessionAnswerBytesMax || (bytes > 0 && all >= sessionsAnswerBytesMax)
  }

  /** The commands of a message, and their source. */
  #read(connection: Connection, message: ClientMessageOf<'execute'>): CommandsInHand {
    const { codec, limits, texts } = this.#ports
    const source = new SessionCommands(message, codec, connection.lane, {
      executed: (proposal, outcome) => {
        settle(connection, proposal)
        tell(connection, proposal.request, outcome)
      },
      dropped: (proposal, reason) => {
        settle(connection, proposal)
        connection.refuse(proposal.request, 'notReady', reason)
      },
      abandoned: proposal => {
        settle(connection, proposal)
        connection.close(unknownOutcome)
      },
    })
    return { source, pieces: readPieces(message, codec, limits, texts) }
  }
}
