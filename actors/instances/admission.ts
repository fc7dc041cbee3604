import type { InstanceEvent, MessageEvent } from '../../machines/instance/events.ts'
import { inadmissible, type Rejection } from '../../machines/protocol/admission.ts'
import { ballotJumpMax, initialBallot } from '../../machines/protocol/ballots.ts'
import { type Command, NOP } from '../../machines/protocol/commands.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message } from '../../machines/protocol/messages.ts'
import { payloadOf, type Record } from '../../machines/protocol/record.ts'
import { isSameCommit, sameCommand } from '../../machines/protocol/votes.ts'
import type { PayloadCheck } from '../execution/payload-check.ts'
import type { Distrust } from '../records/distrust.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Heard } from './heard.ts'
import type { OwnInstances } from './own-instances.ts'
import type { Reach } from './reach.ts'
import type { Watch } from './watch.ts'

export interface AdmissionPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly watch: Watch
  readonly heard: Heard
  readonly reach: Reach
  readonly payloadCheck: Pick<PayloadCheck, 'faultOf'>
  readonly distrust: Distrust
  /** Whether a fetch from this peer is under way. */
  isAsked(peer: Rank): boolean
  readonly own: OwnInstances
  readonly counters: Counters
  readonly tap: Tap | undefined
  now(): number
}

/** A message for the statechart of its instance. */
export interface AdmittedToInstance {
  readonly to: 'instance'
  readonly entry: Entry
  readonly event: InstanceEvent
}

/** The verdict of the admission on a message: the part that it is for, or none. */
export type Admitted =
  | AdmittedToInstance
  /** A message for the instances that wait for this one. */
  | { readonly to: 'waiting'; readonly message: Extract<InstanceMessage, { type: 'waiting' }> }
  /** A dropped message. Beyond the window, its sender is told how far this replica is. */
  | { readonly to: 'nobody'; readonly isBeyondWindow: boolean }

const dropped: Admitted = { to: 'nobody', isBeyondWindow: false }

/** Replies that only a living attempt uses. They never make a statechart anew. */
const repliesOnly: ReadonlySet<Message['type']> = new Set([
  'preAcceptOk',
  'acceptOk',
  'recoverOk',
  'validateOk',
  'nack',
  'stable',
])

/**
 * The door of the instances, which the stepper calls for each message about one. It checks the message, counts the ids
 * named in it as heard of, and adds the knowledge of this replica that its rule needs (sections 4, 7 and 8). Nothing is
 * stepped here.
 */
export class Admission {
  readonly #ports: AdmissionPorts
  #lastBeyondWindowMs = Number.NEGATIVE_INFINITY

  constructor(ports: AdmissionPorts) {
    this.#ports = ports
  }

  /** Whether this replica has not rejected by the index window lately (section 4, *Live*). */
  get isInStep(): boolean {
    return this.#ports.now() - this.#lastBeyondWindowMs > 3 * this.#ports.limits.heartbeatIntervalMs
  }

  /** Admits a message, also one of this replica to itself. */
  admit(from: Rank, message: InstanceMessage): Admitted {
    const { self, ledger, limits, watch, heard, reach } = this.#ports
    const why = inadmissible(message, from, ledger.membership)
    if (why !== undefined) {
      this.reject(from, message, why)
      return dropped
    }
    const { id } = message
    if (ledger.isGone(id)) {
      this.#answerStable(from, message)
      return dropped
    }
    // A message to myself is about an id that I know already, wherever a restart has left the window.
    if (from !== self && ledger.distance(id.rank, id.index) > limits.indexWindowMax) {
      // A replica that lags must not reject valid traffic for ever: both sides compare vectors, and it fetches (section
      // 7).
      this.#lastBeyondWindowMs = this.#ports.now()
      this.reject(from, message, { code: 'beyondWindow', text: 'beyond the index window' })
      return { to: 'nobody', isBeyondWindow: true }
    }
    if (repliesOnly.has(message.type) && !this.#isAwaited(from, message)) return dropped
    if (from !== self) {
      const fault = this.#faultOf(from, message)
      if (fault !== undefined) {
        this.reject(from, message, fault)
        if (fault.code !== 'beyondWindow') return dropped
        this.#lastBeyondWindowMs = this.#ports.now()
        return { to: 'nobody', isBeyondWindow: true }
      }
    }
    reach.hearing(id.rank, id.index)
    watch.heardOf(id.rank, id.index)
    if (from === id.rank) reach.announced(id.rank, id.index)
    if ('dep' in message) heard.ofAll(message.dep)
    if (message.type === 'validateOk') for (const each of message.invalidating) heard.of(each.id)
    if (message.type === 'waiting') return { to: 'waiting', message }
    return this.#asEvent(from, ledger.entry(id), message)
  }

  /** Drops a message at the door, and counts it. */
  reject(from: Rank, message: Message, why: Rejection): void {
    const { self, counters, distrust, tap } = this.#ports
    counters.rejected++
    counters.lastRejection = { message: message.type, ...why }
    tap?.rejected?.(from, message, why)
    if (from === self) return
    if (why.code === 'contradiction') distrust.contradicted(from, `${message.type}: ${why.text}`)
    else distrust.refused(from, message, why)
  }

  /** Whether a living attempt here uses this reply. One to nobody makes no entry, and its id is not heard of. */
  #isAwaited(from: Rank, message: InstanceMessage): boolean {
    const { self, ledger, own } = this.#ports
    const entry = ledger.get(message.id.rank, message.id.index)
    if (entry === undefined) return false
    if (message.type === 'preAcceptOk') {
      entry.heldBy |= 1 << from
      if (from === self) own.left(message.id.index)
      else own.answered(message.id.index, from)
    }
    // A late reply: the choice is made.
    return entry.actor !== undefined && entry.record?.phase !== 'committed'
  }

  /** The reason not to believe a peer (section 7): what it says is checked before it is voted on, stored or counted. */
  #faultOf(from: Rank, message: InstanceMessage): Rejection | undefined {
    const { ledger, reach, isAsked } = this.#ports
    const record = ledger.get(message.id.rank, message.id.index)?.record
    const isFetched = message.type === 'commit' && isAsked(from)
    return (
      this.#contradiction(from, message, record) ??
      beyondReason(message, record) ??
      (isFetched ? undefined : reach.faultOf(from, message)) ??
      (isFetched ? undefined : this.#gapFault(message)) ??
      this.#badPayload(message, record)
    )
  }

  #contradiction(from: Rank, message: InstanceMessage, record: Record | undefined): Rejection | undefined {
    if (record === undefined) return undefined
    const known = payloadOf(record)
    if (message.type === 'commit' && record.phase === 'committed') {
      const cmd = message.cmd ?? (record.cmd === NOP ? undefined : known)
      if (cmd !== undefined && isSameCommit(record, cmd, message.dep)) return undefined
      this.#ports.distrust.decidedOtherwise(from, message.id, message.cmd, message.dep)
      const { rank, index } = message.id
      return { code: 'contradiction', text: `${rank}.${index} (by rank) is committed here with another value` }
    }
    const told = payloadIn(message)
    if (told === undefined || known === undefined || sameCommand(known, told)) return undefined
    const { rank, index } = message.id
    return { code: 'contradiction', text: `${rank}.${index} (by rank) has another payload here` }
  }

  /** Those before it are looked for, some at a time, and then a repeat is let in. */
  #gapFault({ id }: InstanceMessage): Rejection | undefined {
    const fault = this.#ports.reach.gapFault(id)
    if (fault !== undefined) this.#ports.heard.named(id)
    return fault
  }

  /** The fault of a payload that is new here. */
  #badPayload(message: InstanceMessage, record: Record | undefined): Rejection | undefined {
    const told = payloadIn(message)
    if (told === undefined || (record !== undefined && payloadOf(record) !== undefined)) return undefined
    const { payloadCheck, ledger } = this.#ports
    const isAsked = message.type === 'preAccept' || message.type === 'accept' || message.type === 'validate'
    const text = payloadCheck.faultOf(told, isAsked ? ledger.known : undefined)
    return text === undefined ? undefined : { code: 'badValue', text }
  }

  #asEvent(from: Rank, entry: Entry, message: Exclude<InstanceMessage, { type: 'waiting' }>): Admitted {
    const { limits, outbox } = this.#ports
    const event = this.#eventOf(from, entry, message)
    if (event === undefined) {
      // The sender believes that this replica holds the payload, and it does not. The sender has the whole, and is
      // asked for it.
      outbox.say(from, { type: 'tryRecover', id: message.id })
      return dropped
    }
    if (event.type === 'validate' && event.invalidating.length > limits.idsMax) {
      // No part of I may be left out. The coordinator asks again, and I shrinks as its members commit.
      const count = event.invalidating.length
      const text = `${count} instances could invalidate it, ${limits.idsMax} can be told`
      this.reject(from, message, { code: 'answerTooLong', text })
      return dropped
    }
    return { to: 'instance', entry, event }
  }

  /**
   * Answers for an id that is executed here without a record (section 8): no value, no vote, never phase initial, and
   * no other message about it is admitted.
   */
  #answerStable(from: Rank, { type, id }: InstanceMessage): void {
    const { self, outbox } = this.#ports
    const asks =
      type === 'preAccept' || type === 'accept' || type === 'recover' || type === 'validate' || type === 'tryRecover'
    if (asks && from !== self) outbox.say(from, { type: 'stable', id })
  }

  /**
   * The event of a message, with the knowledge of this replica that its rule needs; undefined when it refers to a
   * payload that is not here.
   */
  #eventOf(
    from: Rank,
    { record }: Entry,
    message: Exclude<InstanceMessage, { type: 'waiting' }>,
  ): MessageEvent | undefined {
    const { ledger, links } = this.#ports
    switch (message.type) {
      case 'preAccept':
        return { type: 'preAccept', from, message, conflicting: ledger.conflicting(message.id, message.cmd) }
      case 'preAcceptOk':
        return { type: 'preAcceptOk', from, message, down: links.down() }
      case 'nack':
        return { type: 'nack', from, message: { ...message, bal: inReason(message.bal, record) } }
      case 'accept':
      case 'commit': {
        const cmd = message.cmd ?? (record && payloadOf(record))
        return cmd && ({ type: message.type, from, message: { ...message, cmd } } as MessageEvent)
      }
      case 'validate':
        return {
          type: 'validate',
          from,
          message,
          invalidating: ledger.invalidating(message.id, message.cmd, message.dep),
        }
      default:
        return { type: message.type, from, message } as MessageEvent
    }
  }
}

/** The payload that a message carries. */
const payloadIn = (message: InstanceMessage): Command | undefined =>
  'cmd' in message && message.cmd !== NOP ? message.cmd : undefined

/** The highest ballot that may be believed, by the one that is promised here. */
const ballotMax = (record: Record | undefined): number => (record?.bal ?? initialBallot) + ballotJumpMax

/** A nack may tell of more: the next ballot goes as far as may be believed, and the one after it further. */
const inReason = (ballot: number, record: Record | undefined): number => Math.min(ballot, ballotMax(record))

const beyondReason = (message: InstanceMessage, record: Record | undefined): Rejection | undefined =>
  'bal' in message && message.type !== 'nack' && message.bal > ballotMax(record)
    ? { code: 'beyondReason', text: `ballot ${message.bal}, where ${record?.bal ?? initialBallot} is promised` }
    : undefined
