import { Replica } from '../../../actors/replica/replica.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import { type Arriving, SimulatedNetwork } from '../../../net/simulated/network.ts'
import type { Transport } from '../../../net/transport.ts'
import { createSimulatedStore, type FlushFate } from '../../../storage/simulated/store.ts'
import type { Applications } from '../checks/applications.ts'
import { changedLimits } from './changed-limits.ts'
import { DiskPace } from './disk-pace.ts'
import { Liars } from './liars.ts'
import { Process } from './process.ts'
import type { Draw } from './random.ts'
import type { Setting } from './setting.ts'
import { type Life, Site } from './site.ts'
import { Wire } from './wire.ts'
import { witnessed } from './witnessed.ts'
import { WrongClocks } from './wrong-clocks.ts'

export interface ClusterPorts {
  readonly applications: Applications
  readonly arriving: Arriving | undefined
  /** A process is about to open the disk of the site. */
  reopens(site: Site): void
  /** A replica tells its operator something. */
  told(site: Site, event: ReplicaEvent): void
  /** A peer has decided wrongly about the disk of a replica. */
  wrongly(site: Site, what: string): void
  /** Watches one life of a replica. */
  tap(site: Site, process: Process): Tap
}

/** A replica that has stopped closes its store within so long, unless its disk hangs. */
const leavingMs = 20

/** The replicas of a world, their disks and the network between them; processes that die are started again. */
export class Cluster {
  readonly sites: readonly Site[]
  readonly network: SimulatedNetwork
  readonly wire: Wire
  readonly liars: Liars
  readonly #setting: Setting
  readonly #ports: ClusterPorts
  readonly #clocks: WrongClocks
  #healed: ReadonlySet<Site> | undefined

  constructor(setting: Setting, ports: ClusterPorts) {
    const { plan, draw, codec } = setting
    this.#setting = setting
    this.#ports = ports
    this.wire = new Wire(plan, draw.fork('network'))
    this.liars = new Liars(plan, draw.fork('liars'))
    this.network = new SimulatedNetwork({
      fate: (from, to) => this.wire.fate(from, to),
      greetingMs: () => this.wire.greetingMs(),
      codec: plan.throughCodec ? codec : undefined,
      arriving: ports.arriving,
      saying: (from, to, messages) => this.liars.saying(from, to, messages),
      lost:
        setting.watcher &&
        ((from, to, messages, why) => setting.watcher!.lost(from, to, messages, why, setting.events.nowMs)),
    })
    const members = Array.from({ length: plan.n }, (_, rank) => rank + 1)
    this.sites = members.map(member => new Site(member, members, new DiskPace(setting.events)))
    this.#clocks = new WrongClocks(members, plan.wrongClocks, draw.fork('wrong clocks'))
  }

  /** Faults go on: nobody has been healed for good. */
  get isFaulty(): boolean {
    return this.#healed === undefined
  }

  get quorum(): number {
    const { n } = this.#setting.plan
    return n - Math.floor((n - 1) / 2)
  }

  boot(site: Site): void {
    const { plan, draw, events, codec, counts, chronicle, workload, check } = this.#setting
    const own = draw.fork(`boot ${site.member} ${counts.crashes} ${events.nowMs}`)
    const { turnMs } = plan
    const skewMs = own.fork('time of day').between(-plan.clockSkewMs, plan.clockSkewMs)
    const wrongBy = this.#clocks.of(site.member)
    const process = new Process(events, own.between(0.95, 1.05), own.between(0, 1e6), skewMs, wrongBy)
    this.#clocks.begins(site.member, process)
    // Some replicas vote long before their state stands, until all are healed.
    const reads = own.fork('reads')
    const readMs = reads.chance(0.4) ? reads.exponential(40) : 0
    const store = createSimulatedStore({
      disk: site.disk,
      host: site.pace.host(process),
      openMs: () => own.between(1, 20),
      flushMs: () => site.pace.flushMs(plan.flushMs * own.between(0.5, 2) + (own.chance(0.01) ? plan.flushMs * 20 : 0)),
      readMs: () => (this.isFaulty ? readMs * reads.between(0.5, 2) : 0),
      flushFate: () => (site.pace.isFull ? 'full' : this.#flushFate(own)),
    })
    this.#ports.reopens(site)
    site.keepCopy()
    const nameOfDue = () => `due.${++counts.due}`
    const machine = witnessed(site.name, workload.stateMachine(), this.#ports.applications, codec, {
      check,
      nameOfDue,
      dueBy: nowMs => this.#setting.check(() => this.#clocks.check(site.name, nowMs)),
    })
    const replica = new Replica({
      id: site.member,
      members: this.sites.map(({ member }) => member),
      stateMachine: machine,
      transport: this.#transportOf(site, process),
      store,
      codec,
      clock: process.clock,
      wallClock: process.wallClock,
      random: own.next,
      ...(turnMs === undefined
        ? undefined
        : { defer: (run: () => void) => process.after(own.between(0, turnMs), run) }),
      limits: own.chance(plan.limitsChange) ? changedLimits(plan.limits, own.fork('limits')) : plan.limits,
      log: event => {
        this.#ports.told(site, event)
        if (event.code !== 'disowned') return
        counts.disowned++
        chronicle.say('DISOWNED', site.name)
        if (!site.isForgetful) this.#ports.wrongly(site, 'lives on its own disk, and a peer does not let it in')
      },
      tap: this.#ports.tap(site, process),
    }) as unknown as Replica
    const life: Life = { process, replica, store, machine, clients: new Set() }
    site.life = life
    chronicle.say('BOOT', site.name)
    this.#setting.fault({ what: 'boot', members: [site.member] })
    replica.start().catch(() => {
      // The state says so already: a replica that cannot begin is handled there.
    })
  }

  /** The process dies; what was not durable is gone. It is started again after a while. */
  crash(site: Site, restartMs: number, intervention?: number): void {
    const { counts, chronicle } = this.#setting
    const { life } = site
    if (life === undefined) return
    chronicle.say('CRASH', site.name)
    this.#setting.fault({
      what: 'crash',
      members: [site.member],
      detail: `down for ${Math.round(restartMs)} ms`,
      ...(intervention === undefined ? undefined : { intervention }),
    })
    counts.crashes++
    this.#end(site, restartMs)
  }

  #end(site: Site, restartMs: number): void {
    const { draw, events } = this.#setting
    const life = site.life!
    site.life = undefined
    life.process.die()
    life.store.crash(draw.chance(0.5), draw.chance(0.5))
    this.network.died(site.member)
    for (const client of life.clients) client.ended()
    events.after(restartMs, () => {
      if (site.life === undefined && (this.isFaulty || this.#healed!.has(site)) && site.mayBoot()) this.boot(site)
    })
  }

  /** The replica finishes what is in flight and leaves; its process ends then, and is started again after a while. */
  drain(site: Site): void {
    const { life } = site
    if (life?.replica.state !== 'voting' && life?.replica.state !== 'loading') return
    this.#setting.chronicle.say('DRAIN', site.name)
    void life.replica.drain()
  }

  /** The replica has stopped as it was asked to: its store is closed soon, and its process ends. */
  stopped(site: Site): void {
    const { life } = site
    this.#setting.counts.drains++
    this.#setting.events.after(leavingMs, () => {
      if (site.life === life) this.#end(site, this.restartMs())
    })
  }

  /** A process that failed ends, and is started again by whoever watches it; on a damaged disk it cannot begin. */
  failed(site: Site): void {
    this.#setting.events.after(0, () => this.crash(site, this.restartMs()))
  }

  /** How long a process that died stays down. */
  restartMs(): number {
    return this.#setting.draw.exponential(400)
  }

  /** Usually a quorum stays up; sometimes too many fail for a while, and nothing may be decided wrongly meanwhile. */
  mayFail(): boolean {
    const up = this.sites.filter(site => site.life !== undefined && !site.pace.hangs).length
    return up > this.quorum || this.#setting.draw.chance(0.1)
  }

  /** A random quorum with intact disks is healed for good; the rest stays as it is. */
  heal(): readonly Site[] {
    const { draw, counts, chronicle } = this.#setting
    const healed = draw.shuffle(this.sites.filter(site => !site.isRuined)).slice(0, this.quorum)
    chronicle.say('HEAL', healed.map(site => site.name).join(' '))
    this.#healed = new Set(healed)
    this.#setting.fault({ what: 'healed for good', members: healed.map(({ member }) => member) })
    this.liars.endAll()
    this.wire.heal(new Set(healed.map(site => site.member)))
    for (const a of healed) {
      a.pace.heal()
      for (const b of healed) {
        if (!this.network.passes(a.member, b.member)) counts.healedPartitions++
        this.network.heal(a.member, b.member)
      }
      if (a.life === undefined) this.boot(a)
    }
    return healed
  }

  /**
   * Who lets in a replica that has forgotten votes hears its votes. Two that have may let each other in: the others
   * refuse both, and both are no quorum.
   */
  #transportOf(site: Site, process: Process): Transport {
    const transport = this.network.transport(site.member, process)
    if (!site.isForgetful) return transport
    return {
      ...transport,
      start: (greeting, events) =>
        transport.start(greeting, {
          ...events,
          linkUp: peer => {
            if (this.sites.some(({ member, isForgetful }) => member === peer && isForgetful)) return
            this.#ports.wrongly(site, `has forgotten votes, and member ${peer} lets it in`)
          },
        }),
    }
  }

  #flushFate(draw: Draw): FlushFate {
    const { flushFails, diskFull } = this.#setting.plan
    if (!this.isFaulty) return 'done'
    if (draw.chance(flushFails)) return { failed: draw.chance(0.5) ? 'written' : 'lost' }
    return draw.chance(diskFull) ? 'full' : 'done'
  }

  /** How each replica stands, for the story of what does not come about. */
  describe(): string {
    return this.sites
      .map(({ name, life, isRuined }) => {
        if (life === undefined) return `${name} ${isRuined ? 'ruined' : 'down'}`
        const { state, uncommitted, pending, queued, executedPrefix, known } = life.replica.status()
        return `${name} ${state} uncommitted ${uncommitted} pending ${pending} queued ${queued} executed ${executedPrefix} known ${known}`
      })
      .join('; ')
  }
}
