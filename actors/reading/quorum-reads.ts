import type { Keys } from '../../machines/protocol/commands.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import type { Execution } from '../execution/execution.ts'
import { ExecutionShare, readsShare } from '../execution/execution-share.ts'
import type { StateWatch } from '../execution/state-watch.ts'
import type { Admission } from '../instances/admission.ts'
import type { Heard } from '../instances/heard.ts'
import type { Reach } from '../instances/reach.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { OwnStore } from '../records/own-store.ts'
import type { Component } from '../shared/component.ts'
import type { Counters } from '../shared/counters.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'
import type { ReadsStanding } from '../shared/reads-verdict.ts'
import type { Tap } from '../shared/tap.ts'
import { ReadsTeller, readsStanding } from './reads-standing.ts'
import { type Read, Round, WaitingRead } from './round.ts'

export interface QuorumReadsPorts {
  readonly self: Rank
  readonly membership: Membership
  readonly limits: Limits
  readonly life: Life
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly ownStore: OwnStore
  readonly execution: Execution
  readonly stateWatch: StateWatch
  readonly heard: Heard
  readonly reach: Reach
  readonly admission: Pick<Admission, 'reject'>
  readonly counters: Counters
  readonly tap: Tap | undefined
  now(): number
}

/** Rounds of a read of several keys, each overtaken by a write: then it goes as a command (rule 5a.5). */
const roundsMax = 3
/** Times that a round is asked again. Then its reads go as commands, which wait for a quorum, or are refused. */
const resentMax = 3

/**
 * Linearizable reads without an instance ([section 5a](../../machines/protocol/README.md#section-5a)): connections and the
 * host program give reads to it, and it asks the others once for all reads of a turn, at its end. It also answers the
 * rounds of others.
 */
export class QuorumReads implements Component {
  readonly #ports: QuorumReadsPorts
  /** Reads for the next round. */
  #waiting: WaitingRead[] = []
  /** The rounds under way by their count, in their order. */
  readonly #rounds = new Map<number, Round>()
  /** Number of rounds that too few have answered. */
  #unanswered = 0
  #count = 0
  /** What this turn may still answer. */
  #share = new ExecutionShare(readsShare)
  #hasMore = false
  readonly #teller: ReadsTeller

  constructor(ports: QuorumReadsPorts) {
    this.#ports = ports
    this.#teller = new ReadsTeller(ports)
  }

  /** Number of reads that are not answered. */
  get size(): number {
    let size = this.#waiting.length
    for (const { reads } of this.#rounds.values()) size += reads.length
    return size
  }

  /** What the oldest read waits for: the only place to learn why a read is not answered yet. */
  get standing(): ReadsStanding {
    const [oldest] = this.#rounds.values()
    return readsStanding(this.#ports, this.size, oldest)
  }

  /** Whether reads are left that this turn could have answered, had its share been larger. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** Called at the end of a turn. */
  turnEnded(): void {
    this.#share = new ExecutionShare(readsShare)
    this.#teller.tell(() => this.standing)
  }

  /** Takes a read in. @returns whether it was: otherwise it goes as an ordinary command */
  take(read: Read): boolean {
    const { life, links, limits } = this.#ports
    if (!life.votes || !links.hearsQuorum || this.#waiting.length >= limits.readsWaitingMax) return false
    this.#waiting.push(new WaitingRead(read))
    return true
  }

  /** Answers the reads for which everything is settled, between two components. Called in a turn after execution. */
  settle(): void {
    this.#hasMore = false
    // The tables hold a part of another state: reads go on when that is whole.
    if (this.#ports.execution.isHeld) return
    for (const round of this.#rounds.values()) if (round.answers.isEnough) this.#settle(round)
  }

  /** Begins the next round. Called at the end of a turn, once all that it proposes has an id (rule 5a.7). */
  ask(): void {
    const { limits, execution } = this.#ports
    if (execution.isHeld || this.#waiting.length === 0 || this.#unanswered >= limits.readRoundsMax) return
    const { reads, keys } = this.#takeWaiting()
    this.#begin(reads, keys)
  }

  /** Answers the round of another replica, from memory: all that is durable here is in the index (rule 5a.2). */
  asked(from: Rank, { round, keys }: MessageOf<'readAsk'>): void {
    const { life, ledger, outbox } = this.#ports
    if (!life.votes) return
    outbox.sayNow(from, { type: 'readSeen', round, seen: ledger.writing(keys) })
  }

  /** Takes the answer of another replica in. One to an earlier round, or to an earlier life, counts for nothing. */
  seen(from: Rank, message: MessageOf<'readSeen'>): void {
    const { ownStore, reach, heard, admission } = this.#ports
    const { round: number, seen } = message
    const round = number.life === ownStore.life.life ? this.#rounds.get(number.count) : undefined
    if (round === undefined || round.answers.isEnough) return
    const fault = reach.faultOfAll(seen)
    if (fault !== undefined) {
      admission.reject(from, message, fault)
      return
    }
    heard.ofAll(seen)
    round.answers.add(from, seen)
    if (round.answers.isEnough) this.#answered(round)
  }

  /** Called at every heartbeat: what is lost is asked again, and without a quorum reads wait as commands do. */
  tick(): void {
    const { hearsQuorum } = this.#ports.links
    for (const round of this.#rounds.values()) {
      if (round.answers.isEnough) continue
      if (hearsQuorum) this.#again(round)
      else this.#giveUp(round)
    }
    if (!hearsQuorum) for (const read of this.#waiting.splice(0)) this.#asCommand(read)
  }

  stop(): void {
    const left = [...this.#waiting, ...[...this.#rounds.values()].flatMap(({ reads }) => reads)]
    this.#waiting = []
    this.#rounds.clear()
    for (const { read } of left) read.dropped('this replica has stopped')
  }

  /** The reads of the next round: as many as its keys have room for. */
  #takeWaiting(): { readonly reads: readonly WaitingRead[]; readonly keys: Keys } {
    const { footprintKeysMax } = this.#ports.limits
    const keys = new Set<string>()
    let isAll = false
    let count = 0
    for (const { keys: some } of this.#waiting) {
      if (count > 0 && some !== 'all' && keys.size + some.length > footprintKeysMax) break
      if (some === 'all') isAll = true
      else for (const key of some) keys.add(key)
      count++
    }
    return { reads: this.#waiting.splice(0, count), keys: isAll ? 'all' : [...keys] }
  }

  #begin(reads: readonly WaitingRead[], keys: Keys): void {
    const { self, membership, ledger, ownStore, stateWatch, counters } = this.#ports
    const number = { life: ownStore.life.life, count: ++this.#count }
    const round = new Round(this.#ports, number, keys, reads, membership.quorums, stateWatch.replaced)
    for (const read of reads) {
      read.rounds++
      if (read.isOfOneKey) continue
      // Rule 5a.5: before the others are asked. Read afterwards it could lack a write that it has seen the effects of.
      read.isOvertaken = false
      read.early = read.read.run()
      stateWatch.add(read)
    }
    this.#rounds.set(number.count, round)
    this.#unanswered++
    counters.readRounds++
    // The own index holds the earlier commands of each client, those too that have not left (rule 5a.7).
    round.answers.add(self, ledger.writing(keys))
    if (round.answers.isEnough) {
      this.#answered(round)
      this.#settle(round)
    } else this.#say(round)
  }

  #say(round: Round): void {
    const { links, outbox, now } = this.#ports
    for (const peer of links.peers)
      if (!round.answers.has(peer)) outbox.sayNow(peer, { type: 'readAsk', round: round.number, keys: round.keys })
    round.askedMs = now()
  }

  /** Asks a round again that too few have answered in time. */
  #again(round: Round): void {
    const { limits, now } = this.#ports
    if (now() - round.askedMs < limits.retransmitDelayMs) return
    round.resent++
    if (round.resent <= resentMax) this.#say(round)
    else this.#giveUp(round)
  }

  /** Gives a round up that too few have answered. */
  #giveUp(round: Round): void {
    this.#rounds.delete(round.number.count)
    this.#unanswered--
    for (const read of round.reads) this.#asCommand(read)
  }

  #answered(round: Round): void {
    this.#unanswered--
    round.begin()
  }

  #settle(round: Round): void {
    // The state is being replaced: it is looked at again afterwards.
    if (this.#ports.execution.isHeld) return
    const { stateWatch } = this.#ports
    // An installed snapshot may take ids out of the executed set again.
    if (round.replaced !== stateWatch.replaced) {
      round.replaced = stateWatch.replaced
      round.begin()
    }
    if (round.answerSettled(this.#share, read => this.#tell(read))) this.#hasMore = true
    if (round.reads.length === 0) this.#rounds.delete(round.number.count)
  }

  /** @returns bytes of the answer */
  #tell(waiting: WaitingRead): number {
    const { counters, stateWatch } = this.#ports
    const { read, isOfOneKey, isOvertaken, early, rounds } = waiting
    stateWatch.delete(waiting)
    if (isOfOneKey || !isOvertaken) {
      counters.reads++
      const outcome = isOfOneKey ? read.run() : early!
      read.answered(outcome)
      return 'answer' in outcome ? outcome.answer.length : 0
    }
    if (rounds < roundsMax) {
      counters.readsOvertaken++
      this.#waiting.push(waiting)
    } else this.#asCommand(waiting)
    return 0
  }

  #asCommand(waiting: WaitingRead): void {
    const { counters, stateWatch } = this.#ports
    stateWatch.delete(waiting)
    counters.readsAsCommands++
    waiting.read.asCommand()
  }
}
