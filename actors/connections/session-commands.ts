import type { ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { envelopes, readNumber, sessionKey } from '../../machines/protocol/envelope.ts'
import type { Texts } from '../../net/codec/plain-data-decoder.ts'
import { attempt, type Codec, CodecError } from '../../net/codec.ts'
import type { Outcome } from '../execution/outcome.ts'
import type { Proposal, ProposalSource, ProposedPayload } from '../execution/proposal.ts'
import type { InspectedCommand } from '../proposing/inspect-payload.ts'
import type { Refusal } from '../proposing/refusal.ts'
import type { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'

/** The place of the bytes of one command in a message. */
interface Place {
  readonly from: number
  readonly to: number
}

/** One command of a message, decoded, and its place. */
export interface Piece extends Place {
  readonly command: unknown
}

/** Commands of one message, read, while some of them wait. */
export interface CommandsInHand {
  readonly source: SessionCommands
  readonly pieces: readonly (Piece | Refusal)[]
}

/** Reads the commands of a message: for each the command, or the refusal. */
export function readPieces(
  { session, sequences, lengths, commands }: ClientMessageOf<'execute'>,
  codec: Codec,
  { keyBytesMax }: Limits,
  texts: Texts = 'strings',
): readonly (Piece | Refusal)[] {
  const none = (reason: string) => sequences.map((): Refusal => ({ code: 'malformed', reason }))
  if (sequences.length !== lengths.length) return none(`${sequences.length} commands have ${lengths.length} lengths`)
  // The session becomes a key of the footprint, and that must fit.
  if (sessionKey(session).length * 3 > keyBytesMax) return none('no session has so long a name')
  const all = attempt(() => codec.decodePieces(commands, lengths, texts))
  let to = 0
  return lengths.map((length, at) => {
    const from = to
    to += length
    // A command that cannot be decoded fails alone.
    const command =
      all instanceof CodecError ? attempt(() => codec.decodeData(cut(commands, from, to), texts)) : all[at]
    return command instanceof CodecError ? { code: 'malformed', reason: command.message } : { command, from, to }
  })
}

function cut(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (to > bytes.length) throw new CodecError(`commands: end at byte ${bytes.length}, inside one that ends at ${to}`)
  return bytes.subarray(from, to)
}

export interface SessionCommandsEvents {
  executed(proposal: CommandProposal, outcome: Outcome): void
  dropped(proposal: CommandProposal, reason: string): void
  abandoned(proposal: CommandProposal): void
}

/**
 * The commands of one client message, as the source of their proposals. Commands that leave together become one
 * payload, made of the received bytes.
 */
export class SessionCommands implements ProposalSource {
  readonly key: string
  readonly lane: Lane<Proposal> | undefined
  readonly #session: string
  readonly #floor: number
  /** The bytes of all commands, end to end. */
  readonly #bytes: Uint8Array
  readonly #codec: Codec
  readonly events: SessionCommandsEvents

  constructor(
    { session, floor, commands }: { readonly session: string; readonly floor: number; readonly commands: Uint8Array },
    codec: Codec,
    lane: Lane<Proposal> | undefined,
    events: SessionCommandsEvents,
  ) {
    this.lane = lane
    this.key = sessionKey(session)
    this.#session = session
    this.#floor = floor
    this.#bytes = commands
    this.#codec = codec
    this.events = events
  }

  proposedPayload(proposals: readonly Proposal[]): ProposedPayload {
    const sequences = new Array<number>(proposals.length)
    const parts: Uint8Array[] = []
    // Adjacent bytes are copied at once.
    let from = 0
    let to = 0
    const take = () => {
      if (to > from) parts.push(this.#bytes.subarray(from, to))
    }
    for (let at = 0; at < proposals.length; at++) {
      const proposal = proposals[at] as CommandProposal
      const { restamped } = proposal
      sequences[at] = proposal.sequence
      if (restamped !== undefined) {
        take()
        parts.push(restamped)
        from = to
      } else if (proposal.from === to && to > from) {
        to = proposal.to
      } else {
        take()
        from = proposal.from
        to = proposal.to
      }
    }
    take()
    const envelope = envelopes.ofSession(this.#session, this.#floor, sequences, [])
    return { payload: this.#codec.encodeListOf(envelope.slice(0, -1), proposals.length, parts), proposals }
  }
}

/** The proposal of one command of a session; a class, as there are many. */
export class CommandProposal implements Proposal, Place {
  readonly source: SessionCommands
  readonly request: number
  readonly sequence: number
  readonly from: number
  readonly to: number
  readonly restamped: Uint8Array | undefined
  readonly footprint: Footprint
  readonly isRead: boolean
  /** Whether it began as a read by quorum. */
  isByQuorum = false

  constructor(
    source: SessionCommands,
    request: number,
    sequence: number,
    piece: Piece,
    { restamped, footprint }: Pick<InspectedCommand, 'restamped' | 'footprint'>,
  ) {
    this.source = source
    this.request = request
    this.isRead = footprint.writes.length === 0
    this.sequence = this.isRead ? readNumber : sequence
    this.from = piece.from
    this.to = piece.to
    this.restamped = restamped
    this.footprint = footprint
  }

  get bytes(): number {
    return this.restamped?.length ?? this.to - this.from
  }
  executed(outcome: Outcome): void {
    this.source.events.executed(this, outcome)
  }
  dropped(reason: string): void {
    this.source.events.dropped(this, reason)
  }
  abandoned(): void {
    this.source.events.abandoned(this)
  }
}
