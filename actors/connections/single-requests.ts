import type { ClientAnswer, ClientMessageOf, ClientRequest } from '../../machines/protocol/client-messages.ts'
import type { Random } from '../../machines/protocol/clock.ts'
import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, envelopes, footprintOf, noFootprint } from '../../machines/protocol/envelope.ts'
import type { Codec } from '../../net/codec.ts'
import { type Proposal, proposalOf } from '../execution/proposal.ts'
import type { Inspected } from '../proposing/inspect-payload.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import type { Limits } from '../shared/limits.ts'
import type { Backups } from '../state/backups.ts'
import type { Connection } from './connection.ts'
import type { ReadsPort } from './reads-port.ts'
import { unknownOutcome } from './session-requests.ts'

export interface SingleRequestsPorts {
  readonly codec: Codec
  readonly limits: Limits
  readonly member: number
  readonly random: Random
  readonly backups: Backups
  readonly reads: ReadsPort
  /** Number of sessions in the replicated table. */
  sessions(): number
  /** The highest number applied in a session; undefined when there is no such session. */
  lastOf(session: string): number | undefined
  /** Whether nothing may be said of sessions: the state is being loaded. */
  isLoading(): boolean
  /** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
  inspect(payload: Uint8Array): Inspected | Refusal
  /** Takes commands in, or calls `refused` for each that it does not take. */
  propose<P extends Proposal>(proposals: readonly P[], refused: (proposal: P, refusal: Refusal) => void): void
}

type SingleRequest = Extract<ClientRequest, { type: 'openSession' | 'endSession' | 'propose' | 'backup' }>

const noBytes = new Uint8Array(0)

/** Takes up requests that become one command each, outside a session. */
export class SingleRequests {
  readonly #ports: SingleRequestsPorts

  constructor(ports: SingleRequestsPorts) {
    this.#ports = ports
  }

  take(connection: Connection, request: SingleRequest): Refusal | undefined {
    switch (request.type) {
      case 'openSession':
        return this.#open(connection, request)
      case 'endSession':
        return this.#end(connection, request)
      case 'propose':
        return this.#propose(connection, request)
      case 'backup':
        return this.#backup(connection, request)
    }
  }

  /**
   * Answers a request for a part of a backup. A command comes first, and the backup is a checkpoint begun after it: it
   * holds everything that was acknowledged before the request.
   */
  #backup(connection: Connection, { request, digest, offset }: ClientMessageOf<'backup'>): Refusal | undefined {
    const { backups } = this.#ports
    if (digest === '') {
      if (backups.isFull) return { code: 'overloaded', reason: 'as many backups as may be are being fetched from here' }
      const settled = backups.announce()
      const answerOf = (): undefined => {
        backups.take(part => {
          if (typeof part === 'string') connection.refuse(request, 'notReady', part)
          else connection.answer({ type: 'backupPart', request, ...part })
        })
      }
      return this.#proposeOne(connection, request, envelopes.point(), noFootprint, answerOf, { settled })
    }
    // In flight until it was read, so that few parts are in memory.
    connection.taken(1, 0)
    const isKept = backups.part(digest, offset, part => {
      connection.settled(0)
      connection.answer({ type: 'backupPart', request, ...part })
    })
    if (isKept) return undefined
    connection.settled(0)
    return { code: 'notReady', reason: `backup ${digest} is not kept here any more` }
  }

  /** Proposes the command that begins a session. Its name is never used twice. */
  #open(connection: Connection, { request }: ClientMessageOf<'openSession'>): Refusal | undefined {
    const { member, random, limits, sessions } = this.#ports
    if (connection.sessions.size >= limits.connectionSessionsMax)
      return {
        code: 'overloaded',
        reason: `${connection.sessions.size} sessions are open on this connection, the limit`,
      }
    if (sessions() >= limits.sessionsMax)
      return { code: 'overloaded', reason: `there are ${limits.sessionsMax} sessions, the limit` }
    const word = () => Math.floor(random() * 2 ** 32).toString(36)
    const name = `${member}.${word()}${word()}${word()}`
    connection.sessions.add(name)
    return this.#proposeOne(connection, request, envelopes.open(name), noFootprint, () => ({
      type: 'sessionOpened',
      request,
      session: name,
    }))
  }

  /** Proposes the command that ends a session whose client has closed, unless it is used meanwhile (rule 5.5). */
  #end(connection: Connection, { request, session }: ClientMessageOf<'endSession'>): Refusal | undefined {
    const done: ClientAnswer = { type: 'result', request, payload: noBytes }
    const last = this.#ports.lastOf(session)
    if (last === undefined && this.#ports.isLoading())
      return { code: 'notReady', reason: 'the state of this replica is being loaded: its sessions are not known yet' }
    if (last === undefined) {
      connection.answer(done)
      return undefined
    }
    connection.sessions.delete(session)
    return this.#proposeOne(connection, request, envelopes.expire(session, last), noFootprint, () => done)
  }

  /** Whether a command has to wait for reads before it on its connection that it would change (rule 5a.7). */
  isHeld({ reading }: Connection, { payload }: ClientMessageOf<'propose'>): boolean {
    if (reading.isEmpty) return false
    const found = this.#ports.inspect(payload)
    return !('code' in found) && reading.meets(found.footprint.writes)
  }

  /** Takes up a command without a session: proposes it, or asks for it by quorum if it only reads. */
  #propose(connection: Connection, { request, payload }: ClientMessageOf<'propose'>): Refusal | undefined {
    const found = this.#ports.inspect(payload)
    if ('code' in found) return found
    const envelope = envelopes.command(found.command)
    const answerOf = (payload: Uint8Array): ClientAnswer => ({ type: 'result', request, payload })
    const { command, payload: bytes } = found
    const { reads: keys, writes } = found.footprint
    const propose = (settled: () => void) =>
      this.#proposeOne(connection, request, envelope, found.footprint, answerOf, { command: bytes, settled })
    if (writes.length > 0) {
      connection.writing.add(writes)
      return propose(() => connection.writing.delete(writes))
    }
    if (connection.writing.meets(keys)) return propose(() => undefined)
    const over = () => {
      connection.settled(bytes.length)
      connection.reading.delete(keys)
    }
    const isTaken = this.#ports.reads.take(keys, command, {
      answered: outcome => {
        over()
        if ('refused' in outcome) connection.refuse(request, outcome.refused, outcome.reason)
        else connection.answer(answerOf('answer' in outcome ? outcome.answer : noBytes))
      },
      asCommand: () => {
        over()
        const refusal = propose(() => undefined)
        if (refusal !== undefined) connection.refuse(request, refusal.code, refusal.reason)
      },
      dropped: reason => {
        over()
        connection.refuse(request, 'notReady', reason)
      },
    })
    if (!isTaken) return propose(() => undefined)
    connection.taken(1, bytes.length)
    connection.reading.add(keys)
    return undefined
  }

  /**
   * @param answerOf the answer, unless it comes later
   * @param more.settled called when it is settled, or was not taken in
   */
  #proposeOne(
    connection: Connection,
    request: number,
    envelope: Envelope,
    own: Footprint,
    answerOf: (result: Uint8Array) => ClientAnswer | undefined,
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
        if (answer !== undefined) connection.answer(answer)
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
