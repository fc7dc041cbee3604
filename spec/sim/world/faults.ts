import { letterOf } from '../names.ts'
import type { Cluster } from './cluster.ts'
import { damagedDisk } from './damaged-disk.ts'
import type { DiskPace } from './disk-pace.ts'
import { emptiedDisk, type OtherDisk, oldCopy } from './other-disk.ts'
import type { Draw } from './random.ts'
import type { Setting } from './setting.ts'
import type { Site } from './site.ts'

/** Everything that goes wrong by itself in the faulty phase, each kind at its own pace. */
export class Faults {
  readonly #setting: Setting
  readonly #cluster: Cluster
  readonly #draw: Draw

  constructor(setting: Setting, cluster: Cluster) {
    this.#setting = setting
    this.#cluster = cluster
    this.#draw = setting.draw.fork('faults')
  }

  begin(): void {
    const { crashEveryMs, partitionEveryMs, clogEveryMs, pauseEveryMs, liesEveryMs, disksLost } = this.#setting.plan
    const { sites } = this.#cluster
    const draw = this.#draw
    this.#every(crashEveryMs, () => {
      if (this.#cluster.mayFail()) this.#cluster.crash(draw.pick(sites), this.#cluster.restartMs())
    })
    this.#every(partitionEveryMs, () => this.#partition())
    this.#every(clogEveryMs, () => this.#clog())
    this.#every(pauseEveryMs, () => {
      const { life, member } = draw.pick(sites)
      const what = draw.chance(0.2) ? 'jump' : 'pause'
      if (life === undefined) return
      const byMs = draw.exponential(what === 'jump' ? 300 : 400)
      life.process[what](byMs)
      this.#setting.fault({ what, members: [member], detail: `${Math.round(byMs)} ms` })
    })
    this.#every(liesEveryMs, () => this.#lie())
    this.#beginLags()
    for (let lost = 0; lost < disksLost; lost++) this.#later(draw.between(200, 3_000), () => this.#ruin())
  }

  /** Disks that lag and replicas that leave have draws of their own: what else happens in a seed stays what it was. */
  #beginLags(): void {
    const { hangEveryMs, slowDiskEveryMs, drainEveryMs } = this.#setting.plan
    const { sites } = this.#cluster
    const draw = this.#setting.draw.fork('lags')
    this.#every(
      hangEveryMs,
      () => {
        // From 0.2 s to 60 s, each order of magnitude as often as the other.
        const forMs = 200 * 300 ** draw.next()
        if (this.#cluster.mayFail())
          this.#disk(draw.pick(sites), 'HANG', `${Math.round(forMs)} ms`, pace => pace.hang(forMs))
      },
      draw,
    )
    this.#every(
      slowDiskEveryMs,
      () => {
        const flushMs = draw.pick([50, 200, 500])
        const forMs = draw.exponential(2_000)
        this.#disk(draw.pick(sites), 'SLOW', `${flushMs} ms a flush, for ${Math.round(forMs)} ms`, pace =>
          pace.slow(flushMs, forMs),
        )
      },
      draw,
    )
    this.#every(
      drainEveryMs,
      () => {
        if (this.#cluster.mayFail()) this.#cluster.drain(draw.pick(sites))
      },
      draw,
    )
  }

  #disk(site: Site, what: string, detail: string, happens: (pace: DiskPace) => void): void {
    happens(site.pace)
    this.#setting.chronicle.say(what, `${site.name} ${detail}`)
    this.#setting.fault({ what: 'disk', members: [site.member], detail: `${what.toLowerCase()}: ${detail}` })
  }

  #every(meanMs: number, happens: () => void, draw = this.#draw): void {
    if (!Number.isFinite(meanMs)) return
    this.#later(draw.exponential(meanMs), () => {
      happens()
      this.#every(meanMs, happens, draw)
    })
  }

  #later(delayMs: number, happens: () => void): void {
    this.#setting.events.after(delayMs, () => {
      if (this.#cluster.isFaulty) happens()
    })
  }

  #ruin(): void {
    const intact = this.#cluster.sites.filter(each => !each.isRuined)
    const site = this.#draw.pick(intact)
    // A stream of its own: older seeds keep their faults.
    const kind = this.#draw.fork(`loss ${site.member}`).pick(['gone', 'emptied', 'copied'] as const)
    const others = intact.filter(each => each !== site)
    const other = kind === 'emptied' ? emptiedDisk(site, others) : kind === 'copied' ? oldCopy(site, others) : undefined
    if (other !== undefined) {
      this.#change(site, other)
      return
    }
    const damaged = this.#draw.chance(0.5)
      ? undefined
      : damagedDisk(site.disk, this.#draw.fork(`damage ${site.member}`))
    if (damaged === undefined) site.loseDisk()
    else site.damageDisk(damaged)
    this.#setting.chronicle.say('DISK', `${site.name} ${damaged === undefined ? 'lost' : 'damaged'}`)
    this.#setting.fault({ what: 'disk', members: [site.member], detail: damaged === undefined ? 'lost' : 'damaged' })
    this.#cluster.crash(site, 0)
  }

  /** The member is started again on another disk, however often that ends. */
  #change(site: Site, { disk, what }: OtherDisk): void {
    site.changeDisk(disk)
    this.#setting.chronicle.say('DISK', `${site.name} ${what}`)
    this.#setting.fault({ what: 'disk', members: [site.member], detail: what })
    this.#cluster.crash(site, 0)
  }

  #clog(): void {
    const { sites, wire } = this.#cluster
    const [a, b] = [this.#draw.pick(sites).member, this.#draw.pick(sites).member]
    const byMs = this.#draw.between(50, 800)
    wire.clog(a, b, byMs)
    this.#setting.fault({ what: 'slow', members: [a], links: [[a, b]], detail: `by ${Math.round(byMs)} ms` })
    this.#later(this.#draw.exponential(800), () => wire.unclog(a, b))
  }

  /** A member lies about its numbers for a while; f at most do at once. */
  #lie(): void {
    const { sites, liars } = this.#cluster
    const { name, member } = this.#draw.pick(sites)
    if (!liars.begin(member)) return
    const { chronicle } = this.#setting
    chronicle.say('LIES', name)
    this.#setting.fault({ what: 'lies', members: [member] })
    this.#later(this.#draw.exponential(800), () => {
      liars.end(member)
      chronicle.say('HONEST', name)
      this.#setting.fault({ what: 'honest', members: [member] })
    })
  }

  /** Cuts some members off from the others, often in one direction only. */
  #partition(): void {
    const { sites, network } = this.#cluster
    const { chronicle, counts } = this.#setting
    const draw = this.#draw
    const members = sites.map(({ member }) => member)
    const group = draw.shuffle(members).slice(0, draw.whole(1, members.length - 1))
    const rest = members.filter(member => !group.includes(member))
    const out = group.flatMap(a => rest.map(b => [a, b] as const))
    const cuts = draw.chance(0.4) ? out : [...out, ...out.map(([a, b]) => [b, a] as const)]
    const named = cuts.map(([a, b]) => `${letterOf(a - 1)}>${letterOf(b - 1)}`).join(' ')
    for (const [a, b] of cuts) network.cut(a, b)
    chronicle.say('CUT', named)
    this.#setting.fault({ what: 'cut', members: group, links: cuts })
    this.#later(draw.exponential(600), () => {
      for (const [a, b] of cuts) network.heal(a, b)
      counts.healedPartitions++
      chronicle.say('HEALED', named)
      this.#setting.fault({ what: 'heal', members: group, links: cuts })
    })
  }
}
