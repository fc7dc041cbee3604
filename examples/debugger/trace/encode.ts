import {
  type Attempt,
  type Command,
  type InstanceContext,
  type InstanceId,
  type InstanceSnapshot,
  type Keys,
  type Message,
  NOP,
  payloadBytes,
  type InstanceRecord as Record,
  type Value,
} from '../../../index.ts'
import type { Id, Member, TracedAttempt, TracedCommand, TracedMessage, TracedRecord, TracedValue } from './format.ts'

/** What one payload says, in words: given only where values may be shown. */
export type ShowPayload = (payload: Uint8Array) => string

const keysMax = 8
/** Of larger commands the hash is that of their beginning, and of their size. */
const hashedBytesMax = 4_096

/** Writes what replicas handle as a trace says it. It keeps nothing. */
export class Encoder {
  readonly #members: readonly Member[]
  readonly #show: ShowPayload | undefined

  /** @param show left out: values are masked */
  constructor(members: readonly Member[], show?: ShowPayload) {
    this.#members = members
    this.#show = show
  }

  id({ rank, index }: Pick<InstanceId, 'rank' | 'index'>): Id {
    return `${this.#members[rank]}.${index}`
  }

  member(rank: number): Member {
    return this.#members[rank]!
  }

  message(message: Message): TracedMessage {
    const { type } = message
    switch (type) {
      case 'heartbeat': {
        const { known, executed, canVote, inStep } = message
        return { type, known, executed, canVote, inStep }
      }
      case 'fetch':
      case 'fetchEnd':
      case 'fetchSnapshot':
      case 'digest':
      case 'stores':
        return { type }
      case 'snapshotChunk':
        return { type, bytes: message.bytes.length }
      case 'readAsk':
        return { type, round: `${message.round.life}.${message.round.count}`, keys: message.keys }
      case 'readSeen':
        return { type, round: `${message.round.life}.${message.round.count}`, dep: message.seen }
      case 'validateOk':
        return {
          type,
          id: this.id(message.id),
          bal: message.bal,
          invalidating: message.invalidating.map(each => this.id(each.id) + (each.committed ? '!' : '')),
        }
      case 'recoverOk': {
        const { bal, abal, phase, dep, initDep, cmd } = message
        return { type, id: this.id(message.id), bal, abal, phase, ...cmdOf(cmd), dep, initDep }
      }
      default: {
        const { id, ...rest } = message
        return {
          type,
          id: this.id(id),
          ...('bal' in rest ? { bal: rest.bal } : undefined),
          ...('cmd' in rest ? cmdOf(rest.cmd) : undefined),
          ...('dep' in rest ? { dep: rest.dep } : undefined),
          ...('k' in rest ? { k: rest.k } : undefined),
        }
      }
    }
  }

  /** @param withCommand whoever reads has not been told yet what the command is */
  record({ phase, bal, abal, dep, initDep, cmd }: Record, withCommand: boolean): TracedRecord {
    const told = withCommand || cmd === NOP ? cmd : undefined
    return { phase, bal, abal, dep, initDep, ...(told === undefined ? undefined : { cmd: this.value(told) }) }
  }

  value(value: Value): TracedValue {
    return value === NOP ? 'nop' : this.#command(value)
  }

  attempt(attempt: Attempt): TracedAttempt {
    const { ballot, preAcceptOks, down, fastPathGivenUp, acceptOks, recoverOks, candidate, validateOks } = attempt
    return {
      ballot,
      ...(preAcceptOks.length === 0 ? undefined : { preAcceptOks: this.#replies(preAcceptOks, dep => ({ dep })) }),
      ...(down === 0 ? undefined : { down: this.#ofBits(down) }),
      ...(fastPathGivenUp ? { fastPathGivenUp } : undefined),
      ...(acceptOks === 0 ? undefined : { acceptOks: this.#ofBits(acceptOks) }),
      ...(recoverOks.length === 0
        ? undefined
        : { recoverOks: this.#replies(recoverOks, ({ phase, abal }) => ({ phase, abal })) }),
      ...(candidate === undefined
        ? undefined
        : { quorum: candidate.quorum.map(rank => this.member(rank)), k: candidate.k }),
      ...(validateOks.length === 0
        ? undefined
        : { validateOks: this.#replies(validateOks, () => ({})).map(({ from }) => from) }),
      ...(attempt.members.length === 0
        ? undefined
        : {
            members: attempt.members.map(({ id, verdict, waitingK }) => ({
              id: this.id(id),
              ...(verdict === undefined ? undefined : { verdict }),
              waitingK,
            })),
          }),
    }
  }

  /** What has changed in the context beside the record. */
  progress(before: InstanceContext, after: InstanceContext) {
    const { attempt, rule, nackedBy } = after
    return {
      ...(attempt === before.attempt ? undefined : { attempt: attempt === undefined ? null : this.attempt(attempt) }),
      ...(rule === before.rule || rule === undefined ? undefined : { rule }),
      ...(nackedBy === before.nackedBy ? undefined : { nackedBy }),
    }
  }

  #command(command: Command): TracedCommand {
    const { footprint, payloads } = command
    const [writes, moreWrites] = someKeys(footprint.writes)
    const [reads, moreReads] = someKeys(footprint.reads)
    const moreKeys = moreWrites + moreReads
    return {
      writes,
      reads,
      ...(moreKeys === 0 ? undefined : { moreKeys }),
      payloads: payloads.length,
      bytes: payloadBytes(command),
      hash: hashOf(payloads),
      ...(this.#show === undefined ? undefined : { shown: payloads.slice(0, keysMax).map(this.#show) }),
    }
  }

  #ofBits(bits: number): Member[] {
    return this.#members.filter((_, rank) => (bits & (1 << rank)) !== 0)
  }

  #replies<T, R extends object>(replies: readonly (T | undefined)[], told: (reply: T) => R): ({ from: Member } & R)[] {
    return replies.flatMap((reply, rank) => (reply === undefined ? [] : [{ from: this.member(rank), ...told(reply) }]))
  }
}

/** Where a statechart stands, its leaves joined by `/`. */
export function stateOf({ value }: Pick<InstanceSnapshot, 'value'>): string {
  if (typeof value === 'string') return value
  const { vote, drive } = value.undecided
  return `${vote}/${drive}`
}

const cmdOf = (cmd: Value | undefined) =>
  cmd === undefined ? undefined : { cmd: cmd === NOP ? ('nop' as const) : ('command' as const) }

/** Keys that begin with a NUL are the sessions' own, and of no interest to whoever reads. */
function someKeys(keys: Keys): readonly [named: readonly string[] | 'all', more: number] {
  if (keys === 'all') return ['all', 0]
  const own = keys.filter(key => !key.startsWith('\u0000'))
  return [own.slice(0, keysMax), Math.max(0, own.length - keysMax)]
}

function hashOf(payloads: readonly Uint8Array[]): string {
  let hash = 0x811c9dc5
  let left = hashedBytesMax
  const mix = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  for (const payload of payloads) {
    mix(payload.length & 255)
    mix(payload.length >>> 8)
    for (let at = 0; at < payload.length && left > 0; at++, left--) mix(payload[at]!)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
