import type { Tap } from '../../../actors/shared/tap.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { nameOf } from '../../sim/names.ts'
import { sites } from './sites.ts'

/** One read by quorum, and when it came how far, in simulated ms. */
export interface Reading {
  /** Of the site that its client is at. */
  readonly rank: number
  /** The request has reached its site. */
  readonly arrivedMs: number
  /** n - f replicas have answered its round; NaN before, and for a read that went as a command. */
  heardMs: number
  /** The answer has left the site's replica; NaN before. */
  answeredMs: number
  /** It waited for nothing, or up to the execution here of a write that was under way when the round was answered. */
  isExplained: boolean
}

interface Asked {
  readonly readings: readonly Reading[]
  readonly from: Set<number>
}

/** Notes of all sites when the rounds of their reads are answered, and what each read has waited for. */
export class Readings {
  readonly all: Reading[] = []
  readonly #now: () => number
  readonly #sites = sites.map(() => ({
    /** Reads of which no round was asked yet. */
    fresh: [] as Reading[],
    asked: new Map<number, Asked>(),
    /** When something was executed the last time, and when the earliest of it was begun. */
    executed: { atMs: -1, begunMs: 0 },
  }))
  /** When each instance was begun at its coordinator. */
  readonly #begunMs = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  began(reading: Reading): void {
    this.all.push(reading)
    this.#sites[reading.rank]!.fresh.push(reading)
  }

  ended(reading: Reading): void {
    const { executed } = this.#sites[reading.rank]!
    const { heardMs, answeredMs } = reading
    reading.isExplained = answeredMs === heardMs || (executed.atMs === answeredMs && executed.begunMs <= heardMs)
  }

  /** What a site's replica does, as far as it concerns reads. */
  tap(rank: number): Pick<Required<Tap>, 'sent' | 'received' | 'written' | 'executed'> {
    const site = this.#sites[rank]!
    return {
      sent: (_, message) => {
        if (message.type !== 'readAsk' || site.asked.has(message.round.count)) return
        site.asked.set(message.round.count, { readings: site.fresh.splice(0), from: new Set([rank]) })
      },
      received: (from, message) => {
        if (message.type !== 'readSeen') return
        const asked = site.asked.get(message.round.count)
        if (asked === undefined) return
        asked.from.add(from)
        if (asked.from.size !== quorumsOf(sites.length).slow) return
        for (const reading of asked.readings) reading.heardMs = this.#now()
      },
      written: id => {
        if (id.rank === rank && !this.#begunMs.has(nameOf(id))) this.#begunMs.set(nameOf(id), this.#now())
      },
      executed: component => {
        const nowMs = this.#now()
        if (site.executed.atMs !== nowMs) site.executed = { atMs: nowMs, begunMs: Number.POSITIVE_INFINITY }
        for (const id of component)
          site.executed.begunMs = Math.min(site.executed.begunMs, this.#begunMs.get(nameOf(id)) ?? 0)
      },
    }
  }
}
