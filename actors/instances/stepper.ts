import type { Effect } from '../../machines/instance/effects.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import type { Execution } from '../execution/execution.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Retirement } from '../records/retirement.ts'
import type { Counters } from '../shared/counters.ts'
import type { Tap } from '../shared/tap.ts'
import type { TimerQueue } from '../shared/timers.ts'
import type { Admission, Admitted, AdmittedToInstance } from './admission.ts'
import type { Commits, Told } from './commits.ts'
import type { Heard } from './heard.ts'
import type { Instances } from './instances.ts'
import type { OwnInstances } from './own-instances.ts'
import type { Due, Watch } from './watch.ts'

/** The interface of parts that give events to instances. */
export interface StepsInstances {
  send(entry: Entry, event: InstanceEvent): void
}

export interface StepperPorts<B> {
  readonly self: Rank
  readonly instances: Instances
  readonly admission: Admission
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Execution
  readonly retirement: Retirement
  readonly commits: Commits
  readonly own: OwnInstances<B>
  readonly heard: Heard
  readonly watch: Watch
  readonly timers: TimerQueue<Due>
  readonly counters: Counters
  readonly tap: Tap | undefined
  /** Whether little waits on the link to a peer. */
  hasRoom(to: Rank): boolean
  /** Called when an own instance is committed. @returns the number of commands in its batch */
  ownCommitted(batch: B): number
}

/**
 * Gives messages and events to the statecharts of instances, and applies their effects, each kind in one way. It is the
 * only place where an instance writes, votes and commits.
 */
export class Stepper<B = unknown> implements StepsInstances {
  readonly #ports: StepperPorts<B>

  constructor(ports: StepperPorts<B>) {
    this.#ports = ports
  }

  /**
   * Delivers a message about an instance, from a peer or from this replica itself.
   * @returns whether it lies beyond the index window, so that its sender must be told how far this replica is
   */
  deliver(from: Rank, message: InstanceMessage): boolean {
    const admitted = this.#admit(from, message)
    if (admitted.to === 'instance') this.#take(admitted)
    return admitted.to === 'nobody' && admitted.isBeyondWindow
  }

  /** Gives an instance the event of its timer, called when the watch finds it due. */
  act({ entry, event, acted }: Due): void {
    if (event.type === 'startRecovery') this.#ports.counters.recoveries++
    this.send(entry, event)
    acted()
  }

  /** Gives an event to an instance, applies the effects, and gives it the messages to itself that follow. */
  send(entry: Entry, event: InstanceEvent): void {
    const { instances, tap } = this.#ports
    const before = tap?.stepped === undefined ? undefined : instances.snapshot(entry)
    const effects = instances.step(entry, event)
    const after = before && instances.snapshot(entry)
    // The instance hears its messages to itself only after all its effects are applied.
    const next: (() => void)[] = []
    for (const effect of effects) this.#apply(entry, effect, next)
    if (before !== undefined && after !== undefined) tap?.stepped?.(entry.id, event.type, before, after)
    for (const each of next) each()
  }

  /** Ends the actor of an instance that is executed and durable. */
  retire(entry: Entry): void {
    if (entry.actor === undefined) return
    this.send(entry, { type: 'executed' })
    this.#ports.instances.retired(entry)
  }

  #apply(entry: Entry, effect: Effect, next: (() => void)[]): void {
    const { ledger, outbox, execution, commits, tap } = this.#ports
    switch (effect.type) {
      case 'write': {
        const learnt = ledger.write(entry, effect.record)
        if (learnt !== undefined) execution.learnt(entry.id, learnt)
        outbox.write(entry)
        tap?.written?.(entry.id, effect.record)
        return
      }
      case 'say':
        // The peer will not have answered when this commits. But the preAccept precedes the commit on its link, and a
        // peer that lost it asks for the whole.
        if (effect.message.type === 'preAccept' && effect.message.unhurried === true) entry.heldBy |= effect.to
        outbox.speak(effect)
        return
      case 'toSelf':
        if (effect.when === 'durable') outbox.sayToSelf(effect.message)
        else this.#toSelf(effect.message, next)
        return
      case 'committed':
        this.#committed(entry, effect)
        return
      case 'confirmed':
        commits.confirmed(entry.id, effect.cmd, effect.dep)
        return
      case 'awaitFastPath':
        this.#awaitFastPath(entry, effect, next)
        return
      case 'awaitMembers':
        for (const event of commits.awaitMembers(entry, effect.members, effect.candidate))
          next.push(() => this.send(entry, event))
        return
      default:
        effect satisfies never
    }
  }

  /**
   * Checks a message at the door, and tells the recoveries that wait for its instance. Delivery to the instance itself
   * is left to the caller.
   */
  #admit(from: Rank, message: InstanceMessage): Admitted {
    const { admission, commits, tap } = this.#ports
    tap?.received?.(from, message)
    const admitted = admission.admit(from, message)
    if (admitted.to === 'waiting') this.#tell(commits.heardWaiting(admitted.message.id, admitted.message.k))
    return admitted
  }

  #take({ entry, event }: AdmittedToInstance): void {
    const { watch, retirement, hasRoom } = this.#ports
    if (event.type !== 'tryRecover') this.send(entry, event)
    // It asks again. While much is on its way to it, what it asks for may be.
    else if (hasRoom(event.from)) watch.askedFor(entry, () => this.send(entry, event))
    // An executed instance has answered once more, so its actor may end again.
    if (entry.executed) retirement.add(entry)
  }

  /**
   * Delivers a message of mine to myself that counts at once. A request to oneself is taken without being sent (3.1).
   */
  #toSelf(message: InstanceMessage, next: (() => void)[]): void {
    const { self, tap } = this.#ports
    if (message.type === 'preAcceptOk') tap?.sent?.(self, message)
    const admitted = this.#admit(self, message)
    if (admitted.to === 'instance') next.push(() => this.#take(admitted))
  }

  #committed(entry: Entry, effect: Extract<Effect, { type: 'committed' }>): void {
    const { self, watch, heard, own, commits, tap } = this.#ports
    const { id } = entry
    const { cmd, dep, path, rule } = effect
    watch.committed(id.rank, id.index)
    heard.ofAll(dep)
    const ownCommands = id.rank === self ? this.#ownCommitted(own.committed(id.index)) : undefined
    tap?.committed?.(id, cmd, dep, path, rule)
    this.#tell(commits.committed(entry, effect, ownCommands))
  }

  #ownCommitted(batch: B | undefined): number {
    return batch === undefined ? 0 : this.#ports.ownCommitted(batch)
  }

  /** Rule 3.3: a short, bounded wait for the fast path. */
  #awaitFastPath(
    entry: Entry,
    { attempt, initDep }: Extract<Effect, { type: 'awaitFastPath' }>,
    next: (() => void)[],
  ): void {
    const { own, timers } = this.#ports
    const waitMs = own.fastPathWaitMs(entry.id.index, attempt, initDep)
    const giveUp = () => {
      if (entry.record?.phase === 'preAccepted') this.send(entry, { type: 'giveUpFastPath' })
    }
    // A timer would take a millisecond, so a zero wait has none.
    if (waitMs === 0) next.push(giveUp)
    else timers.set(waitMs, giveUp)
  }

  /** Gives events to waiting recoveries. A recovery whose wait has ended meanwhile is skipped. */
  #tell(told: readonly Told[]): void {
    for (const { entry, event } of told)
      if (entry.record?.phase !== 'committed' && entry.actor !== undefined) this.send(entry, event)
  }
}
