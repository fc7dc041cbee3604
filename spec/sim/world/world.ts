import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { decodeHead } from '../../../actors/state/checkpoint-head.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { Arriving } from '../../../net/simulated/network.ts'
import type { RecordWrite } from '../../../storage/store.ts'
import { Applications } from '../checks/applications.ts'
import { Chatter } from '../checks/chatter.ts'
import { Decisions } from '../checks/decisions.ts'
import { Violation } from '../violation.ts'
import type { Operation, Workload } from '../workload/workload.ts'
import { Chronicle } from './chronicle.ts'
import { Cluster } from './cluster.ts'
import { type Counts, newCounts } from './counts.ts'
import { createDeeds, type Deeds } from './deeds.ts'
import { Events } from './events.ts'
import { Faults } from './faults.ts'
import { Load } from './load.ts'
import { observer } from './observer.ts'
import type { Plan } from './plan.ts'
import { createDraw } from './random.ts'
import type { Setting } from './setting.ts'
import { areEqual, digestOf, knownTo } from './settled.ts'
import type { Site } from './site.ts'
import { tapsOf } from './taps.ts'
import type { WorldWatcher } from './watcher.ts'
import type { WorldLoad } from './world-load.ts'

/** Every command must be answered, and every id executed, within so many of the longest recovery delays after healing. */
export const healingDelaysMax = 40

/** After healing, so many messages may be sent about one instance, for each pair of replicas and each longest delay. */
export const messagesPerPairDelayMax = 30

export interface WorldOptions {
  readonly workload: Workload
  /** Reads along: one line an event. */
  readonly trace?: ((line: string) => void) | undefined
  /** Sees all that happens. */
  readonly watcher?: WorldWatcher | undefined
  /** Its clients; left out: those that keep their sessions by hand. */
  readonly load?: ((setting: Setting, cluster: Cluster) => WorldLoad) | undefined
  /** Lets a message pass that is about to arrive, or not, or later. */
  readonly arriving?: Arriving | undefined
}

/** One seeded world: replicas of the production actors, on simulated time, network, disks and clients. */
export class World {
  readonly counts: Counts = newCounts()
  readonly #setting: Setting
  readonly #events = new Events()
  readonly #decisions = new Decisions()
  readonly #applications = new Applications()
  readonly #chatter = new Chatter()
  readonly #cluster: Cluster
  readonly #load: WorldLoad
  /** Disks keep the bytes that they were given. */
  readonly #decoded = new WeakMap<Uint8Array, Record>()
  #violation: Violation | undefined

  constructor(seed: string, plan: Plan, options: WorldOptions) {
    const { workload, trace, watcher, arriving, load = (setting, cluster) => new Load(setting, cluster) } = options
    const codec = createCodec(plan.limits)
    this.#setting = {
      plan,
      draw: createDraw(seed),
      events: this.#events,
      codec,
      workload,
      counts: this.counts,
      chronicle: new Chronicle(codec, () => this.#events.nowMs, trace),
      watcher,
      fault: fault => watcher?.fault(fault, this.#events.nowMs),
      check: run => this.#check(run),
    }
    this.#cluster = new Cluster(this.#setting, {
      applications: this.#applications,
      arriving,
      wrongly: ({ name }, what) =>
        this.#check(() => {
          throw new Violation('lost disk', `replica ${name} ${what}`)
        }),
      reopens: site => this.#check(() => this.#reopens(site)),
      told: (site, event) => this.#check(() => this.#told(site, event)),
      tap: (site, process) => {
        const own = observer(
          this.#setting,
          {
            decisions: this.#decisions,
            chatter: this.#chatter,
            proposed: () => this.#mayDie(site, plan.proposerDies / plan.n),
            committedFast: () => this.#mayDie(site, plan.coordinatorDies),
            stopped: () => this.#cluster.stopped(site),
            failed: () => this.#cluster.failed(site),
          },
          site,
          process,
        )
        if (watcher === undefined) return own
        // What a process does in the turn in which it died has not happened.
        return tapsOf(
          watcher.tap(site.member, () => this.#events.nowMs),
          own,
          () => !process.isDead,
        )
      },
    })
    this.#load = load(this.#setting, this.#cluster)
  }

  /** Simulated milliseconds since it began, and how many things have happened. */
  get nowMs(): number {
    return this.#events.nowMs
  }
  get steps(): number {
    return this.#events.count
  }

  /**
   * Lives through both phases: faults, then a quorum that is healed for good.
   * @throws Violation
   */
  run(): Counts {
    const life = this.live()
    for (;;) {
      const { done, value } = life.next()
      if (done) return value
    }
  }

  /**
   * The same, one thing that happens after the other: between two of them somebody may look, or do something (`deeds`). Without
   * a watcher it goes through at once.
   * @throws Violation
   */
  *live(): Generator<void, Counts> {
    const { sites } = this.#cluster
    for (const site of sites) this.#cluster.boot(site)
    yield* this.#until(() => sites.every(({ life }) => life?.replica.state === 'voting'), 5_000, 'all replicas begin')
    new Faults(this.#setting, this.#cluster).begin()
    this.#load.begin()
    yield* this.#until(() => this.#hasSeenEnough(), this.#setting.plan.faultyMsMax, 'the faulty phase ends')
    this.#checkEnd(yield* this.#heal())
    this.counts.simulatedMs = this.#events.nowMs
    return this.counts
  }

  /** What somebody may do to it between two steps. The world goes another way from there on, and the same one every time. */
  get deeds(): Deeds {
    return createDeeds(this.#setting, this.#cluster)
  }

  #hasSeenEnough(): boolean {
    const { commands, crashes, healedPartitions } = this.counts
    const { plan } = this.#setting
    const enough = this.#events.nowMs > plan.patienceMs ? plan.commandsMin : plan.commands
    return commands >= enough && crashes >= 3 && healedPartitions >= 1
  }

  /** Phase two. Commands pending at a healed replica, and those sent to it now, are answered; all that is known is executed. */
  *#heal(): Generator<void, readonly Site[]> {
    const { recoveryDelayMaxMs } = this.#setting.plan.limits
    const healed = this.#cluster.heal()
    const healedMs = this.#events.nowMs
    const boundMs = healingDelaysMax * recoveryDelayMaxMs
    this.#chatter.restart()
    this.#load.heal(healed)
    yield* this.#until(
      () => healed.every(({ life }) => life?.replica.state === 'voting'),
      boundMs,
      'healed replicas vote',
    )
    for (const site of healed) this.#load.demand(site, 3)
    yield* this.#until(() => this.#load.open === 0, boundMs, 'commands at healed replicas are answered')
    // Those that were not healed may go on proposing: what is known by now is to be executed.
    const known = knownTo(healed)
    yield* this.#until(() => areEqual(healed, known), boundMs, 'healed replicas have executed all that they know')
    this.counts.settledDelays = (this.#events.nowMs - healedMs) / recoveryDelayMaxMs
    this.#checkChatter()
    const digests = new Set(healed.map(({ life }) => digestOf(life!.replica)))
    if (digests.size !== 1) throw new Violation('equal states', `digests ${[...digests].join(', ')} of healed replicas`)
    return healed
  }

  #checkChatter(): void {
    const { n, limits } = this.#setting.plan
    const { name, count, overMs, rate } = this.#chatter.most(limits.recoveryDelayMaxMs)
    const messages = rate / (n * (n - 1))
    this.counts.messagesPerPairDelay = messages
    if (messages > messagesPerPairDelayMax)
      throw new Violation('messages', `${count} about ${name} in ${Math.round(overMs)} ms`, [name])
  }

  #checkEnd(healed: readonly Site[]): void {
    const { history } = this.#load
    for (const { name: replica, life } of healed)
      for (const { name, endMs } of history)
        if (endMs !== undefined && !this.#applications.isKept(name, key => life!.machine.versionOf(key)))
          throw new Violation('durability', `${name} was acknowledged and replica ${replica} does not have it`, [name])
    for (const name of this.#load.refused ?? [])
      if (this.#applications.hasWritten(name))
        throw new Violation('exactly once', `${name} was executed, and its client was told that it never would be`, [
          name,
        ])
    const wrong = this.#judge(history)
    if (wrong !== undefined) throw new Violation('linearizability', wrong.what, wrong.about)
  }

  /** User code that throws does not stop a replica: it is a violation here all the same, unless it is meant to. */
  #told({ name }: Site, event: ReplicaEvent): void {
    if (event.code === 'observerFailed')
      throw new Violation('invariant', `a check threw at replica ${name}: ${event.detail}`)
    if (event.code !== 'stateMachineFailed' || this.#setting.workload.mayFail === true) return
    throw new Violation('invariant', `${event.method} of the state machine failed at replica ${name}: ${event.detail}`)
  }

  /** A judge that throws has not found the history good, and the seed shows why. */
  #judge(history: readonly Operation[]) {
    try {
      return this.#setting.workload.judge?.(history)
    } catch (cause) {
      throw new Violation('judge', `it threw ${cause instanceof Error ? cause : String(cause)}`, [], { cause })
    }
  }

  /** Whatever happened to its last process: what it told is on its disk, and what is decided there was decided. */
  #reopens(site: Site): void {
    if (site.isRuined) return
    const contents = site.disk.contents()
    if (contents === undefined) return
    const { records, checkpoint, reserved } = contents
    const found = records.map(each => ({ id: each, record: this.#recordOf(site, each) }))
    const floor = checkpoint === undefined ? [] : decodeHead(checkpoint.head, this.#setting.codec).floor
    const forgotten = site.promises.reopened(site.name, found, floor, reserved)
    const { rules } = this.#setting.counts
    if (forgotten > 0) rules.set('6 told and forgotten', (rules.get('6 told and forgotten') ?? 0) + forgotten)
  }

  /** What a row of a disk says; decoded and compared with what was decided once for each time that it was written. */
  #recordOf(site: Site, { epoch, rank, index, vote, command }: RecordWrite): Record {
    const known = this.#decoded.get(vote)
    if (known !== undefined) return known
    const { codec } = this.#setting
    const record = codec.decodeVote(vote, command === undefined ? undefined : codec.decodeCommand(command))
    this.#decoded.set(vote, record)
    if (record.phase === 'committed' && record.cmd !== undefined)
      this.#decisions.decided({ epoch, rank, index }, record.cmd, record.dep, `on the disk of ${site.name}`)
    return record
  }

  /** Lets time pass until something is so. @throws Violation when it takes too long */
  *#until(isOver: () => boolean, withinMs: number, what: string): Generator<void, void> {
    const until = this.#events.nowMs + withinMs
    let lookAtMs = 0
    while (this.#events.step()) {
      if (this.#violation !== undefined) throw this.#violation
      if (this.#setting.watcher !== undefined) yield
      if (this.#events.nowMs < lookAtMs) continue
      lookAtMs = this.#events.nowMs + 20
      if (isOver()) return
      if (this.#events.nowMs > until)
        throw new Violation('liveness', `${what}: not within ${Math.round(withinMs)} ms; ${this.#cluster.describe()}`)
    }
    throw new Violation('liveness', `${what}: nothing happens any more`)
  }

  #check(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.#violation ??= error
    }
  }

  /** A coordinator dies in the middle of what it does: told to some, to none, durable or not. */
  #mayDie(site: Site, probability: number): void {
    const { plan, draw, events } = this.#setting
    const cluster = this.#cluster
    if (!cluster.isFaulty || !draw.chance(probability) || !cluster.mayFail()) return
    events.after(draw.between(0, 2 * plan.flushMs), () => {
      if (cluster.isFaulty) cluster.crash(site, cluster.restartMs())
    })
  }
}
