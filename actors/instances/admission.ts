import type { InstanceEvent, MessageEvent } from '../../machines/instance/events.ts'
import { inadmissible, type Rejection } from '../../machines/protocol/admission.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message } from '../../machines/protocol/messages.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Heard } from './heard.ts'
import type { OwnInstances } from './own-instances.ts'
import type { Watch } from './watch.ts'

export interface AdmissionPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly watch: Watch
  readonly heard: Heard
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
    const { self, ledger, limits, watch, heard, own } = this.#ports
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
    watch.heardOf(id.rank, id.index)
    if ('dep' in message) heard.ofAll(message.dep)
    if (message.type === 'validateOk') for (const each of message.invalidating) heard.of(each.id)
    if (message.type === 'waiting') return { to: 'waiting', message }
    const entry = ledger.entry(id)
    if (message.type === 'preAcceptOk') {
      entry.heldBy |= 1 << from
      if (from !== self) own.answered(id.index, from)
    }
    // A late reply: the choice is made.
    if (repliesOnly.has(message.type) && (entry.actor === undefined || entry.record?.phase === 'committed'))
      return dropped
    return this.#asEvent(from, entry, message)
  }

  /** Drops a message at the door, and counts it. */
  reject(from: Rank, message: Message, why: Rejection): void {
    const { counters, tap } = this.#ports
    counters.rejected++
    counters.lastRejection = { message: message.type, ...why }
    tap?.rejected?.(from, message, why)
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
