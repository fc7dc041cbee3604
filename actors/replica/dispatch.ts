import type { MessageEvent } from '../../machines/instance/events.ts'
import { inadmissible, type Rejection, type RejectionCode } from '../../machines/protocol/admission.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message, MessageOf } from '../../machines/protocol/messages.ts'
import { payloadOf } from '../../machines/protocol/record.ts'
import type { Comparison } from '../execution/comparison.ts'
import type { Commits } from '../instances/commits.ts'
import type { Instances } from '../instances/instances.ts'
import type { Watch } from '../instances/watch.ts'
import type { Proposer } from '../proposing/proposer.ts'
import type { Entry, Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { CatchUp } from '../state/catch-up.ts'
import type { SnapshotTransfer } from '../state/snapshot-transfer.ts'

export interface DispatchPorts {
  readonly self: Rank
  readonly limits: Limits
  readonly ledger: Ledger
  readonly links: Links
  readonly instances: Instances
  readonly commits: Commits
  readonly watch: Watch
  readonly catchUp: CatchUp
  readonly proposer: Proposer
  readonly counters: Counters
  readonly tap: Tap | undefined
  now(): number
  /** Says it once all that this turn writes is durable. */
  say(to: Rank, message: Message): void
  readonly transfer: SnapshotTransfer
  readonly comparison: Comparison
  /** Answers at once with this replica's heartbeat. */
  sendHeartbeat(to: Rank): void
  /** An executed instance has answered once more: its actor may go again. */
  answeredAgain(entry: Entry): void
}

/** Replies of which only a living attempt has any use: they never bring a statechart to life. */
const repliesOnly: ReadonlySet<Message['type']> = new Set([
  'preAcceptOk',
  'acceptOk',
  'recoverOk',
  'validateOk',
  'nack',
  'stable',
])

/** Takes messages in: checks them at the door, and brings each to its instance, with what this replica knows. */
export class Dispatch {
  readonly #ports: DispatchPorts
  #lastBeyondWindowMs = Number.NEGATIVE_INFINITY
  /** Per row, the highest index that anybody has named as something to depend on, or known. */
  readonly #named: number[] = []

  constructor(ports: DispatchPorts) {
    this.#ports = ports
  }

  /** Not rejecting by the index window (section 4, *Live*). */
  get isInStep(): boolean {
    return this.#ports.now() - this.#lastBeyondWindowMs > 3 * this.#ports.limits.heartbeatIntervalMs
  }

  /** A frame of a peer. */
  route(from: Rank, messages: readonly Message[]): void {
    this.#ports.links.heard(from, this.#ports.now())
    for (const message of messages) this.deliver(from, message)
  }

  /** One message, also of this replica to itself. */
  deliver(from: Rank, message: Message): void {
    this.#ports.tap?.received?.(from, message)
    switch (message.type) {
      case 'heartbeat':
        this.#heartbeat(from, message)
        return
      case 'fetch':
        if (this.#isVector(from, message, message.from) && this.#isVector(from, message, message.to))
          this.#ports.catchUp.serve(from, message)
        return
      case 'fetchEnd':
        if (this.#isVector(from, message, message.floor)) this.#ports.catchUp.ended(from, message)
        return
      case 'fetchSnapshot':
        this.#ports.transfer.serve(from, message)
        return
      case 'snapshotChunk':
        this.#ports.transfer.chunk(from, message)
        return
      case 'digest':
        this.#digest(from, message)
        return
      default:
        this.#deliverToInstance(from, message)
    }
  }

  /** Every id in a dependency set counts as seen; what lies beyond the window does so once the window has moved. */
  heardOfAll(dep: Dependencies): void {
    const { ledger, limits, watch } = this.#ports
    dep.forEach((index, rank) => {
      if (index > (this.#named[rank] ?? 0)) this.#named[rank] = index
      if (index > 0) watch.heardOf(rank, Math.min(index, index - ledger.distance(rank, index) + limits.indexWindowMax))
    })
  }

  /** Called at every heartbeat: the window may have moved. */
  tick(): void {
    this.heardOfAll(this.#named)
  }

  #heartbeat(from: Rank, message: MessageOf<'heartbeat'>): void {
    if (!this.#isVector(from, message, message.known) || !this.#isVector(from, message, message.executed)) return
    if (!this.#isVector(from, message, message.raised)) return
    this.#ports.links.heartbeat(from, message)
    this.heardOfAll(message.known)
  }

  #digest(from: Rank, message: MessageOf<'digest'>): void {
    const { membership } = this.#ports.ledger
    const { epoch, rank, index } = message.point
    if (epoch === membership.epoch && rank < membership.quorums.n && index > 0)
      this.#ports.comparison.told(from, message)
    else this.#reject(from, message, 'noInstance', `no instance ${rank}.${index} in epoch ${epoch}`)
  }

  #deliverToInstance(from: Rank, message: InstanceMessage): void {
    const { self, ledger, limits, watch, instances, commits } = this.#ports
    const why = inadmissible(message, from, ledger.membership)
    if (why !== undefined) {
      this.#drop(from, message, why)
      return
    }
    const { id } = message
    if (ledger.isGone(id)) {
      this.#answerStable(from, message)
      return
    }
    // What I say to myself is about what I know already, wherever a restart has left the window.
    if (from !== self && ledger.distance(id.rank, id.index) > limits.indexWindowMax) {
      // A laggard must not reject valid traffic for ever: both sides compare vectors, and it fetches (section 7).
      this.#lastBeyondWindowMs = this.#ports.now()
      this.#reject(from, message, 'beyondWindow', 'beyond the index window')
      this.#ports.sendHeartbeat(from)
      return
    }
    watch.heardOf(id.rank, id.index)
    if ('dep' in message) this.heardOfAll(message.dep)
    if (message.type === 'validateOk') for (const each of message.invalidating) this.#heardOf(each.id)
    if (message.type === 'waiting') {
      commits.heardWaiting(id, message.k)
      return
    }
    const entry = ledger.entry(id)
    if (message.type === 'preAcceptOk') {
      entry.heldBy |= 1 << from
      if (from !== this.#ports.self) this.#ports.proposer.answered(id.index, from)
    }
    // A late reply: the choice is made.
    if (repliesOnly.has(message.type) && (entry.actor === undefined || entry.record?.phase === 'committed')) return
    const event = this.#eventOf(from, entry, message)
    if (event === undefined) {
      // Said to hold it, and does not: whoever says so has the whole.
      this.#ports.say(from, { type: 'tryRecover', id })
      return
    }
    if (event.type === 'validate' && event.invalidating.length > limits.idsMax) {
      // No part of I may be left out. It is asked for again, and shrinks as its members commit.
      this.#reject(
        from,
        message,
        'answerTooLong',
        `${event.invalidating.length} instances could invalidate it, ${limits.idsMax} can be told`,
      )
      return
    }
    if (event.type === 'tryRecover') watch.askedFor(entry, () => instances.send(entry, event))
    else instances.send(entry, event)
    if (entry.executed) this.#ports.answeredAgain(entry)
  }

  /** Section 8: executed here, and no record of it: no value, no vote, never phase initial; nothing else is heard of it. */
  #answerStable(from: Rank, { type, id }: InstanceMessage): void {
    const asks =
      type === 'preAccept' || type === 'accept' || type === 'recover' || type === 'validate' || type === 'tryRecover'
    if (asks && from !== this.#ports.self) this.#ports.say(from, { type: 'stable', id })
  }

  /** The message with what its rule needs to know of this replica; undefined when it leans on a payload that is not here. */
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

  #heardOf({ rank, index }: { readonly rank: Rank; readonly index: number }): void {
    const { ledger, limits, watch } = this.#ports
    if (ledger.distance(rank, index) <= limits.indexWindowMax) watch.heardOf(rank, index)
  }

  #isVector(from: Rank, message: Message, vector: Dependencies): boolean {
    const { n } = this.#ports.ledger.membership.quorums
    if (vector.length === n) return true
    this.#reject(from, message, 'vectorLength', `a vector of ${vector.length} replicas, not ${n}`)
    return false
  }

  #reject(from: Rank, message: Message, code: RejectionCode, text: string): void {
    this.#drop(from, message, { code, text })
  }

  #drop(from: Rank, message: Message, why: Rejection): void {
    const { counters, tap } = this.#ports
    counters.rejected++
    counters.lastRejection = { message: message.type, ...why }
    tap?.rejected?.(from, message, why)
  }
}
