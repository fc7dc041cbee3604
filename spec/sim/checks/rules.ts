import type { CommitPath } from '../../../machines/instance/context.ts'
import type { InstanceSnapshot } from '../../../machines/instance/machine.ts'
import type { Rejection } from '../../../machines/protocol/admission.ts'
import { initialBallot } from '../../../machines/protocol/ballots.ts'
import { NOP, type Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { nameOf } from '../names.ts'
import { type Rule, rules } from './rule-names.ts'

export { type Rule, rules } from './rule-names.ts'

const isRule: ReadonlySet<string> = new Set(rules)

const isVote: ReadonlySet<Message['type']> = new Set(['preAcceptOk', 'acceptOk', 'recoverOk', 'validateOk'])

/** Nobody is answered to these. */
const isReply: ReadonlySet<Message['type']> = new Set([
  'preAcceptOk',
  'acceptOk',
  'recoverOk',
  'validateOk',
  'nack',
  'commit',
  'waiting',
])

/** Counts how often each rule is taken at one replica, in one life. */
export class RulesTaken {
  readonly #count: (rule: Rule) => void
  readonly #self: number
  readonly #votes = new Map<string, Record>()
  readonly #executed = new Set<string>()
  /** Per row, up to where this life has let records go. */
  #floor: Dependencies = []
  /** From which own index on the promise holds that was told last. */
  #raisedFrom = 1
  /** The restart barrier that was told last. */
  #barrier = 0
  #isLoading = false
  /** Instances whose records have changed since a flush began, and those in the flush that is under way. */
  #dirty = new Set<string>()
  #flushing = new Set<string>()

  constructor(self: number, count: (rule: Rule) => void) {
    this.#self = self
    this.#count = count
  }

  flushBegan(): void {
    this.#flushing = this.#dirty
    this.#dirty = new Set()
  }

  flushEnded(error: Error | undefined): void {
    if (error !== undefined) for (const name of this.#flushing) this.#dirty.add(name)
    this.#flushing = new Set()
  }

  /** What was last written of it is durable. */
  isDurable(id: InstanceId): boolean {
    const name = nameOf(id)
    return !this.#dirty.has(name) && !this.#flushing.has(name)
  }

  written(id: InstanceId, record: Record): void {
    this.#dirty.add(nameOf(id))
    this.#votes.set(nameOf(id), record)
  }

  stateChanged(state: string): void {
    this.#isLoading = state === 'loading'
  }

  sent(message: Message): void {
    const count = this.#count
    if (this.#isLoading && isVote.has(message.type)) count('8 a vote before the state stands')
    switch (message.type) {
      case 'preAccept':
        count('3.1 submit')
        if (!this.isDurable(message.id)) count('6 preAccept before its record')
        break
      case 'preAcceptOk':
        count('3.2 preAcceptOk')
        break
      case 'acceptOk':
        count('3.4 acceptOk')
        break
      case 'tryRecover':
        count('4 asked to recover')
        break
      case 'recover':
        count('4.1 recover')
        break
      case 'recoverOk':
        count('4.2 recoverOk')
        if (message.phase === 'committed') count('3.6 recover answered with phase committed')
        break
      case 'validateOk':
        count('4.4 validateOk')
        if (message.invalidating.some(({ id, committed }) => committed && this.#isTruncated(id)))
          count('8 validate hears of what is truncated')
        break
      case 'nack':
        count('7 nack')
        break
      case 'fetch':
        count('7 fetch')
        break
      case 'heartbeat':
        if (message.raisedFrom > this.#raisedFrom) count('8 D0 raised')
        this.#raisedFrom = message.raisedFrom
        this.#announced(message.barrier ?? 0)
        break
      case 'stable':
        count('8 answered stable')
        break
      case 'fetchSnapshot':
        count(message.offset === 0 ? '8 snapshot fetched' : '8 snapshot fetched in parts')
        break
      case 'readAsk':
        count('5a.1 readAsk')
        break
      case 'readSeen':
        count('5a.2 readSeen')
        break
      case 'digest':
        count('8 states compared')
        break
      default:
    }
  }

  received(message: Message): void {
    if (message.type === 'waiting') this.#count('4.5.3 waiting received')
    if ('id' in message && isReply.has(message.type) && this.#isTruncated(message.id))
      this.#count('8 a reply about what is truncated is ignored')
    if (message.type !== 'validate' && message.type !== 'accept' && message.type !== 'recover') return
    const vote = this.#votes.get(nameOf(message.id))
    if (vote === undefined) {
      if (message.type === 'recover') this.#count('4.2 recoverOk of an id never heard of')
      return
    }
    if (vote.phase === 'committed' || vote.bal !== message.bal) return
    if (message.type === 'recover') this.#count('7 recover repeated')
    if (vote.phase === 'accepted' && message.type === 'validate') this.#count('4.4 guard: accepted already')
    if (vote.phase === 'accepted' && message.type === 'accept' && vote.abal === vote.bal)
      this.#count('7 accept repeated')
  }

  rejected({ code }: Rejection): void {
    if (code === 'beyondWindow') this.#count('7 beyond the index window')
  }

  stepped(id: InstanceId, event: string, before: InstanceSnapshot, after: InstanceSnapshot): void {
    const [was, is] = [before.context, after.context]
    if (is.rule !== undefined && is.rule !== was.rule && isRule.has(is.rule)) this.#count(is.rule as Rule)
    if (was.record.phase === 'committed') this.#answered(event)
    else if (was.record === is.record) this.#repeated(event, was.record)
    this.#attempted(id, event, before, after)
  }

  committed(id: InstanceId, cmd: Value, path: CommitPath): void {
    if (path === 'slow') this.#count('3.5 commit')
    if (path === 'told') this.#count('3.6 learnt')
    if (cmd === NOP && path !== 'told' && this.#votes.get(nameOf(id))?.initCmd === undefined)
      this.#count('7 gap decided Nop')
  }

  executed(component: readonly InstanceId[]): void {
    if (component.length > 1) this.#count('5 a component of several')
    for (const id of component) {
      const name = nameOf(id)
      if (this.#executed.has(name)) this.#count('8 executed again, from its record')
      this.#executed.add(name)
    }
  }

  resubmitted(): void {
    this.#count('4.7 resubmitted')
  }

  truncated(level: 1 | 2, floor: Dependencies): void {
    if (level === 2) this.#count('8 index entries evicted')
    else if (floor.some((index, rank) => index > (this.#floor[rank] ?? 0))) {
      this.#floor = floor
      this.#count('8 records truncated')
    }
  }

  snapshotCame(isInstalled: boolean): void {
    this.#count(isInstalled ? '8 snapshot installed' : '8 snapshot refused')
  }

  #isTruncated({ rank, index }: InstanceId): boolean {
    return index <= (this.#floor[rank] ?? 0)
  }

  #announced(barrier: number): void {
    if (barrier > 0 && this.#barrier === 0) this.#count('6 restart barrier')
    this.#barrier = barrier
  }

  #answered(event: string): void {
    if (event === 'preAccept' || event === 'accept' || event === 'validate' || event === 'tryRecover')
      this.#count(`3.6 ${event} answered with the commit`)
  }

  #repeated(event: string, { phase, bal }: Record): void {
    if (event === 'preAccept' && phase === 'preAccepted' && bal === initialBallot) this.#count('7 preAccept repeated')
  }

  #attempted(id: InstanceId, event: string, before: InstanceSnapshot, after: InstanceSnapshot): void {
    const [was, is] = [before.context.attempt, after.context.attempt]
    const isMine = id.rank === this.#self
    if (was !== undefined && is === undefined && (event === 'recover' || event === 'accept')) this.#count('4.6 outbid')
    if (event === 'stable' && was !== undefined && is === undefined) this.#count('8 stable ends an attempt')
    if (event === 'resend' && was !== undefined)
      this.#count(was.ballot === initialBallot ? '4 the coordinator retransmits' : '4.6 resent')
    if (event === 'startRecovery' && is !== undefined) {
      if (was !== undefined && was.ballot > initialBallot) this.#count('4.6 restarted by its owner')
      else this.#count(isMine ? '4 the coordinator recovers' : '4 another recovers')
    }
    if (event === 'tryRecover' && was === undefined && is !== undefined) this.#count('4 recovers since asked')
    if (event === 'resume' && is !== undefined)
      this.#count(after.context.record.phase === 'accepted' ? '6 accept(0) resumed' : '6 preAccept resumed')
  }
}
