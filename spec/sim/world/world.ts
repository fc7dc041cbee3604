import { Replica } from '../../../actors/replica.ts'
import type { Tap } from '../../../actors/tap.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { Codec } from '../../../net/codec.ts'
import { SimulatedNetwork } from '../../../net/simulated/network.ts'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/memory/disk.ts'
import { createSimulatedStore, type FlushFate, type SimulatedStore } from '../../../storage/simulated/store.ts'
import { Applications } from '../checks/applications.ts'
import { Decisions } from '../checks/decisions.ts'
import { Promises } from '../checks/promises.ts'
import { KvWorldClient } from '../clients/kv-client.ts'
import { checkHistory, type KvOperation } from '../linearizability/index.ts'
import { Violation } from '../violation.ts'
import { Events } from './events.ts'
import type { Plan } from './plan.ts'
import { Process } from './process.ts'
import { createDraw, type Draw } from './random.ts'
import { createVersionedStore } from './state-machine.ts'

/** What happened in a world, in numbers. */
export interface Counts {
  commands: number
  answered: number
  unknown: number
  crashes: number
  healedPartitions: number
  fast: number
  slow: number
  nops: number
  recoveries: number
  messages: number
  simulatedMs: number
  /** How often each rule of recovery, and each path of commit, was taken. */
  readonly rules: Map<string, number>
}

/** One life of a replica. */
interface Life {
  readonly process: Process
  readonly replica: Replica
  readonly store: SimulatedStore
  /** Connections of clients to it. */
  readonly clients: Set<{ ended(): void }>
}

interface Site {
  readonly member: number
  disk: MemoryDisk
  life: Life | undefined
  /** Its disk is lost or damaged, for good. */
  ruined: boolean
  damaged: boolean
  readonly promises: Promises
}

/** Every command must be answered, and every id executed, within so many of the longest recovery delays after healing. */
export const healingDelaysMax = 40

/** One seeded world: replicas of the production actors, on simulated time, network, disks and clients. */
export class World {
  readonly counts: Counts = {
    commands: 0,
    answered: 0,
    unknown: 0,
    crashes: 0,
    healedPartitions: 0,
    fast: 0,
    slow: 0,
    nops: 0,
    recoveries: 0,
    messages: 0,
    simulatedMs: 0,
    rules: new Map(),
  }
  readonly #plan: Plan
  readonly #draw: Draw
  readonly #events = new Events()
  readonly #codec: Codec
  readonly #network: SimulatedNetwork
  readonly #sites: readonly Site[]
  readonly #decisions = new Decisions()
  readonly #applications = new Applications()
  readonly #history: KvOperation[] = []
  readonly #acknowledged: string[] = []
  /** Links that are slow, by how much, ms. */
  readonly #clogged = new Map<string, number>()
  readonly #trace: ((line: string) => void) | undefined
  #faulty = true
  #left: number
  #busyClients = 0
  #violation: Violation | undefined

  constructor(seed: string, plan: Plan, trace?: (line: string) => void) {
    this.#plan = plan
    this.#draw = createDraw(seed)
    this.#trace = trace
    this.#left = plan.commands
    this.#codec = createCodec(plan.limits)
    const wire = this.#draw.fork('network')
    this.#network = new SimulatedNetwork({
      fate: (from, to) => this.#fate(wire, from, to),
      greetingMs: () => wire.between(0.5, 1.5) * plan.latencyMs,
      codec: plan.throughCodec ? this.#codec : undefined,
    })
    this.#sites = Array.from({ length: plan.n }, (_, at) => {
      const disk = createMemoryDisk()
      const members = Array.from({ length: plan.n }, (_, other) => other + 1)
      disk.format({ cluster: 'world', member: at + 1, members, epoch: 1, storeIdentity: `disk ${at + 1}` })
      return { member: at + 1, disk, life: undefined, ruined: false, damaged: false, promises: new Promises() }
    })
  }

  /**
   * Lives through both phases: faults, then a quorum that is healed for good.
   * @throws Violation
   */
  run(): Counts {
    for (const site of this.#sites) this.#boot(site)
    this.#runUntil(() => this.#sites.every(({ life }) => life?.replica.state === 'voting'), 5_000, 'all replicas begin')
    this.#beginFaults()
    for (let client = 0; client < this.#plan.clients; client++) this.#beginClient(client)
    this.#runUntil(() => this.#left === 0 && this.#busyClients === 0, 600_000, 'the faulty phase ends')
    this.#heal()
    this.#checkEnd()
    this.counts.simulatedMs = this.#events.nowMs
    return this.counts
  }

  get nowMs(): number {
    return this.#events.nowMs
  }

  // ---- phases

  #runUntil(isOver: () => boolean, withinMs: number, what: string): void {
    const until = this.#events.nowMs + withinMs
    let checkAt = 0
    while (this.#events.step()) {
      if (this.#violation !== undefined) throw this.#violation
      if (this.#events.nowMs < checkAt) continue
      checkAt = this.#events.nowMs + 20
      if (isOver()) return
      if (this.#events.nowMs > until)
        throw new Violation('liveness', `${what}: not within ${Math.round(withinMs)} ms; ${this.#states()}`)
    }
    throw new Violation('liveness', `${what}: nothing happens any more`)
  }

  /** A random quorum with intact disks is healed for good; the rest stays as it is. */
  #heal(): void {
    this.#faulty = false
    const { n, limits } = this.#plan
    const quorum = n - Math.floor((n - 1) / 2)
    const healed = this.#draw.shuffle(this.#sites.filter(site => !site.ruined)).slice(0, quorum)
    this.#say(`HEAL ${healed.map(site => site.member)}`)
    for (const a of healed) {
      for (const b of healed) {
        if (!this.#network.passes(a.member, b.member)) this.counts.healedPartitions++
        this.#network.heal(a.member, b.member)
        this.#clogged.delete(`${a.member}>${b.member}`)
      }
      if (a.life === undefined) this.#boot(a)
    }
    const isHealed = new Set(healed.map(site => site.member))
    this.#lossless = (from, to) => isHealed.has(from) && isHealed.has(to)
    const boundMs = healingDelaysMax * limits.recoveryDelayMaxMs
    this.#runUntil(() => healed.every(({ life }) => life?.replica.state === 'voting'), boundMs, 'healed replicas vote')
    // Every command sent to a healed replica now is answered.
    let open = 0
    const late = healed.map((site, at) => {
      const client = this.#client(1_000 + at)
      const send = (left: number) => {
        if (left === 0) return
        open++
        client.execute(site.member, true, outcome => {
          open--
          if (outcome !== 'ok')
            this.#violation ??= new Violation(
              'liveness',
              `a command sent to healed replica ${site.member} is ${outcome}`,
            )
          else send(left - 1)
        })
      }
      return () => send(3)
    })
    for (const begin of late) begin()
    this.#runUntil(() => open === 0, boundMs, 'commands sent to healed replicas are answered')
    this.#runUntil(() => this.#areEqual(healed), boundMs, 'healed replicas have executed all that they know')
    const digests = new Set(healed.map(({ life }) => life!.replica.status().digest))
    if (digests.size !== 1) throw new Violation('equal states', `digests ${[...digests].join(', ')} of healed replicas`)
  }

  #areEqual(healed: readonly Site[]): boolean {
    const all = healed.map(({ life }) => life?.replica.status())
    const known = all[0]!.known.map((_, rank) => Math.max(...all.map(status => status?.known[rank] ?? 0)))
    return all.every(
      status =>
        status !== undefined &&
        status.uncommitted === 0 &&
        status.pending === 0 &&
        status.executedPrefix.every((index, rank) => index >= known[rank]!),
    )
  }

  #checkEnd(): void {
    for (const name of this.#acknowledged)
      if (!this.#applications.has(name))
        throw new Violation('durability', `${name} was acknowledged and is not executed`)
    const verdict = checkHistory(this.#history)
    if (verdict.verdict === 'notLinearizable')
      throw new Violation('linearizability', `key ${verdict.violation?.key}\n${verdict.violation?.story.join('\n')}`)
  }

  // ---- replicas

  #boot(site: Site): void {
    const { limits, flushMs } = this.#plan
    const own = this.#draw.fork(`boot ${site.member} ${this.counts.crashes} ${this.#events.nowMs}`)
    const process = new Process(this.#events, own.between(0.95, 1.05), own.between(0, 1e6))
    const store = createSimulatedStore({
      disk: site.disk,
      host: process,
      openMs: () => own.between(1, 20),
      flushMs: () => flushMs * own.between(0.5, 2) + (own.chance(0.01) ? flushMs * 20 : 0),
      flushFate: () => this.#flushFate(own),
      isDamaged: () => site.damaged,
    })
    const contents = site.disk.contents()
    if (contents !== undefined) site.promises.reopened(site.member, contents.records, this.#codec)
    const replica = new Replica({
      id: site.member,
      members: this.#sites.map(({ member }) => member),
      stateMachine: createVersionedStore(site.member, this.#applications, this.#codec),
      transport: this.#network.transport(site.member, process),
      store,
      codec: this.#codec,
      clock: process.clock,
      random: own.next,
      limits,
      tap: this.#tap(site, process),
    }) as unknown as Replica
    const life: Life = { process, replica, store, clients: new Set() }
    site.life = life
    this.#say(`BOOT ${site.member}`)
    replica.start().catch(() => {
      // The state says so already: a replica that cannot begin is handled there.
    })
  }

  #crash(site: Site, restartMs: number): void {
    const { life } = site
    if (life === undefined) return
    this.#say(`CRASH ${site.member}`)
    this.counts.crashes++
    site.life = undefined
    const status = life.replica.status()
    this.counts.recoveries += status.recoveries
    life.process.die()
    life.store.crash(this.#draw.chance(0.5))
    this.#network.died(site.member)
    for (const client of life.clients) client.ended()
    this.#events.after(restartMs, () => {
      if (site.life === undefined && !site.ruined && (this.#faulty || this.#lossless(site.member, site.member)))
        this.#boot(site)
    })
  }

  #tap(site: Site, process: Process): Tap {
    const committed = new Map<string, Parameters<NonNullable<Tap['committed']>>>()
    const key = (id: { rank: number; index: number }) => `${id.rank}.${id.index}`
    return {
      sent: (to, message) => {
        if (process.isDead) return
        this.counts.messages++
        if (to !== site.member - 1) site.promises.sent(message)
        if (message.type === 'commit')
          this.#guard(() => this.#decisions.decided(message.id, message.cmd, message.dep, `told by ${site.member}`))
        if (message.type === 'recoverOk' && message.phase === 'committed' && message.cmd !== undefined)
          this.#guard(() =>
            this.#decisions.decided(message.id, message.cmd!, message.dep, `recoverOk of ${site.member}`),
          )
        this.#trace?.(this.#line(`${site.member} > ${to + 1}`, message))
      },
      stepped: (_, event, before, after) => {
        const { rule } = after.context
        if (rule !== undefined && rule !== before.context.rule) this.#count(`rule ${rule}`)
        if (event === 'nack') this.#count('nack')
      },
      committed: (...decision) => {
        const [id, cmd, , path] = decision
        committed.set(key(id), decision)
        this.#count(`commit ${path}`)
        if (id.rank === site.member - 1) {
          if (cmd === 'nop') this.counts.nops++
          else if (path === 'fast') this.counts.fast++
          else this.counts.slow++
        }
        const mayDie = this.#plan.coordinatorDies
        if (this.#faulty && path === 'fast' && this.#draw.chance(mayDie) && this.#mayFail())
          this.#events.after(this.#draw.between(0, 2 * this.#plan.flushMs), () => {
            if (this.#faulty) this.#crash(site, this.#restartMs())
          })
      },
      executed: component => {
        for (const id of component) {
          const decision = committed.get(key(id))
          if (decision !== undefined)
            this.#guard(() => this.#decisions.decided(id, decision[1], decision[2], `executed by ${site.member}`))
        }
      },
      stateChanged: state => {
        if (state !== 'failed') return
        this.#say(`FAILED ${site.member}`)
        const error = site.life?.replica.actor.getSnapshot().context.error
        if (error?.name === 'InvariantError') this.#violation ??= new Violation('invariant', error.message)
        // A process that failed ends, and is started again by whoever watches it; on a damaged disk it cannot begin.
        if (site.damaged) site.ruined = true
        this.#events.after(0, () => this.#crash(site, this.#restartMs()))
      },
    }
  }

  // ---- faults

  #beginFaults(): void {
    const { crashEveryMs, partitionEveryMs, clogEveryMs, pauseEveryMs, disksLost } = this.#plan
    const draw = this.#draw.fork('faults')
    this.#every(draw, crashEveryMs, () => {
      if (this.#mayFail()) this.#crash(draw.pick(this.#sites), this.#restartMs())
    })
    this.#every(draw, partitionEveryMs, () => this.#partition(draw))
    this.#every(draw, clogEveryMs, () => {
      const [a, b] = [draw.pick(this.#sites).member, draw.pick(this.#sites).member]
      this.#clogged.set(`${a}>${b}`, draw.between(50, 800))
      this.#events.after(draw.exponential(800), () => this.#clogged.delete(`${a}>${b}`))
    })
    this.#every(draw, pauseEveryMs, () => {
      const { life } = draw.pick(this.#sites)
      if (draw.chance(0.2)) life?.process.jump(draw.exponential(300))
      else life?.process.pause(draw.exponential(400))
    })
    for (let lost = 0; lost < disksLost; lost++)
      this.#events.after(draw.between(200, 3_000), () => {
        if (!this.#faulty) return
        const site = draw.pick(this.#sites.filter(each => !each.ruined && !each.damaged))
        if (draw.chance(0.5)) {
          site.disk = createMemoryDisk()
          site.ruined = true
        } else {
          site.damaged = true
          site.ruined = true
        }
        this.#say(`DISK LOST ${site.member}`)
        this.#crash(site, 0)
      })
  }

  #every(draw: Draw, meanMs: number, happens: () => void): void {
    if (!Number.isFinite(meanMs)) return
    this.#events.after(draw.exponential(meanMs), () => {
      if (!this.#faulty) return
      happens()
      this.#every(draw, meanMs, happens)
    })
  }

  /** Usually a quorum stays up; sometimes too many fail for a while, and nothing may be decided wrongly meanwhile. */
  #mayFail(): boolean {
    const { n } = this.#plan
    const up = this.#sites.filter(site => site.life !== undefined).length
    return up > n - Math.floor((n - 1) / 2) || this.#draw.chance(0.1)
  }

  #restartMs(): number {
    return this.#draw.exponential(400)
  }

  #partition(draw: Draw): void {
    const members = this.#sites.map(({ member }) => member)
    const group = new Set(draw.shuffle(members).slice(0, draw.whole(1, members.length - 1)))
    const oneWay = draw.chance(0.4)
    const cuts: [number, number][] = []
    for (const a of members)
      for (const b of members)
        if (group.has(a) && !group.has(b))
          cuts.push(
            ...((oneWay
              ? [[a, b]]
              : [
                  [a, b],
                  [b, a],
                ]) as [number, number][]),
          )
    for (const [a, b] of cuts) this.#network.cut(a, b)
    this.#say(`CUT ${cuts.map(([a, b]) => `${a}>${b}`)}`)
    this.#events.after(draw.exponential(600), () => {
      if (!this.#faulty) return
      for (const [a, b] of cuts) this.#network.heal(a, b)
      this.counts.healedPartitions++
      this.#say('CUT HEALED')
    })
  }

  #lossless: (from: number, to: number) => boolean = () => false

  #fate(draw: Draw, from: number, to: number): number[] {
    const { loss, repeat, latencyMs, tailShare, tailMs } = this.#plan
    const delay = () =>
      latencyMs * draw.between(0.5, 1.5) +
      (draw.chance(tailShare) ? draw.exponential(tailMs) : 0) +
      (this.#clogged.get(`${from}>${to}`) ?? 0)
    if (this.#lossless(from, to)) return [latencyMs * draw.between(0.5, 1.5)]
    if (draw.chance(loss)) return []
    return draw.chance(repeat) ? [delay(), delay() + draw.exponential(10 * latencyMs)] : [delay()]
  }

  #flushFate(draw: Draw): FlushFate {
    if (!this.#faulty) return 'done'
    if (draw.chance(this.#plan.flushFails)) return { failed: draw.chance(0.5) ? 'written' : 'lost' }
    return draw.chance(this.#plan.diskFull) ? 'full' : 'done'
  }

  // ---- clients

  #client(id: number): KvWorldClient {
    const draw = this.#draw.fork(`client ${id}`)
    return new KvWorldClient(
      id,
      {
        connect: (replica, events) => this.#connect(replica, events, draw),
        nowMs: () => this.#events.nowMs,
        after: (delayMs, run) => this.#events.after(delayMs, run),
      },
      draw,
      this.#codec,
      {
        recorded: (operation, name) => {
          this.#history.push(operation)
          if (operation.end === null) this.counts.unknown++
          else {
            this.counts.answered++
            this.#acknowledged.push(name)
          }
        },
      },
      this.#plan,
    )
  }

  #beginClient(id: number): void {
    const client = this.#client(id)
    const draw = this.#draw.fork(`pace ${id}`)
    let replica = 1 + (id % this.#plan.n)
    const next = () => {
      if (this.#left === 0) return
      this.#left--
      this.#busyClients++
      this.counts.commands++
      client.execute(replica, false, outcome => {
        this.#busyClients--
        if (outcome === 'refused') {
          this.#left++
          this.counts.commands--
        }
        if (outcome !== 'ok' || draw.chance(0.05)) replica = draw.whole(1, this.#plan.n)
        this.#events.after(draw.exponential(this.#plan.thinkMs) + (outcome === 'refused' ? 20 : 0), next)
      })
    }
    this.#events.after(draw.exponential(this.#plan.thinkMs), next)
  }

  #connect(
    member: number,
    events: { answers(answers: readonly ClientAnswer[]): void; ended(): void },
    draw: Draw,
  ): Pick<ClientPeerEvents, 'requests'> | undefined {
    const { life } = this.#sites[member - 1]!
    if (life === undefined || life.replica.state !== 'voting') return undefined
    const { process, replica, clients } = life
    const wireMs = () => draw.between(0.1, 1)
    const connection = { ended: () => events.ended() }
    clients.add(connection)
    const handler = replica.connected({
      send: answers => {
        const [first] = answers
        if (first?.type === 'welcome') return
        this.#events.after(wireMs(), () => {
          clients.delete(connection)
          events.answers(answers)
        })
      },
      close: () => this.#events.after(0, events.ended),
    })
    return { requests: requests => process.after(wireMs(), () => handler.requests(requests)) }
  }

  // ---- telling

  #guard(check: () => void): void {
    try {
      check()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.#violation ??= error
    }
  }

  #count(what: string): void {
    const { rules } = this.counts
    rules.set(what, (rules.get(what) ?? 0) + 1)
  }

  #say(text: string): void {
    this.#trace?.(`${this.#events.nowMs.toFixed(3).padStart(12)}  ${text}`)
  }

  #line(who: string, message: Message): string {
    const { type, ...fields } = message
    const text = JSON.stringify(fields, (name, value) =>
      name === 'cmd' && typeof value === 'object' ? 'command' : value,
    )
    return `${this.#events.nowMs.toFixed(3).padStart(12)}  ${who.padEnd(7)} ${type.padEnd(12)} ${text}`
  }

  #states(): string {
    return this.#sites
      .map(({ member, life, ruined }) => {
        if (life === undefined) return `${member} ${ruined ? 'ruined' : 'down'}`
        const { state, uncommitted, pending, queued, executedPrefix, known } = life.replica.status()
        return `${member} ${state} uncommitted ${uncommitted} pending ${pending} queued ${queued} executed ${executedPrefix} known ${known}`
      })
      .join('; ')
  }
}
