import { type Dependencies, noDependencies, sameDependencies } from '../../machines/protocol/dependencies.ts'
import type { EvictionPass } from '../../machines/protocol/index-passes.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { RaisedFloors } from '../../machines/protocol/raised-floors.ts'
import { greatest, least, type RaisedFloor } from '../../machines/protocol/truncation.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Timers } from '../shared/timers.ts'

export interface EvictionPorts {
  readonly self: Rank
  readonly limits: Pick<Limits, 'indexPromiseMs' | 'indexSliceKeys'>
  readonly timers: Timers
  readonly ledger: Ledger
  readonly links: Links
  readonly outbox: Outbox
  readonly progress: Pick<DurableProgress, 'executed'>
  readonly tap: Tap | undefined
}

/** Time between two slices of an eviction. */
const sliceApartMs = 5

/**
 * Keeps the conflict index small ([rules 8.1 to 8.5](../../machines/protocol/README.md#promises-of-d0)): promises about
 * the own D0, and the eviction of the keys that no vote can need once the promises of all are in force. A promise
 * becomes durable with a small write of its own, so that it waits for no checkpoint.
 */
export class Eviction implements Component {
  readonly #ports: EvictionPorts
  readonly #floors: RaisedFloors
  /** The promise that holds for own commands, from the next on. */
  #latest: RaisedFloor
  /** The promise that a restart finds again. */
  #promised: RaisedFloor
  #promisedMs: number
  #isWriting = false
  /** Up to where entries were last evicted. */
  #evicted: Dependencies
  #pass: EvictionPass | undefined

  constructor(ports: EvictionPorts) {
    this.#ports = ports
    const { n } = ports.ledger.membership.quorums
    this.#floors = new RaisedFloors(n)
    this.#latest = this.#promised = { floor: noDependencies(n), from: 1 }
    this.#promisedMs = ports.timers.now()
    this.#evicted = noDependencies(n)
  }

  /** The lower bound of D0 for own commands, from the next on. */
  get raised(): RaisedFloor {
    return this.#latest
  }

  /** The durable promise of this replica about D0; heartbeats tell it. */
  get promised(): RaisedFloor {
    return this.#promised
  }

  /** The members without which entries stay: they are not heard, or were not yet. */
  get heldBy(): readonly Rank[] {
    const { links } = this.#ports
    return links.peers.filter(peer => links.progress(peer).executed === undefined || !links.hears(peer))
  }

  /** Takes over a promise from disk at a restart. Of several the latest holds: floors and indices only rise. */
  restore(promise: RaisedFloor): void {
    this.#latest = this.#promised = {
      floor: greatest(this.#latest.floor, promise.floor),
      from: Math.max(this.#latest.from, promise.from),
    }
  }

  /**
   * Takes over the promise of the journal. One that came with the snapshot of a program of before is written there: that
   * snapshot goes with the first checkpoint.
   */
  resume({ raised, snapshot }: Pick<StoreContents, 'raised' | 'snapshot'>): void {
    if (raised !== undefined) this.restore(raised)
    if (snapshot !== undefined) this.#ports.outbox.writeExtra({ raised: this.#promised })
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { links, progress } = this.#ports
    const others = links.peers.map(peer => links.progress(peer).executed)
    if (!others.every(executed => executed !== undefined)) return
    const executedByAll = least([progress.executed, ...others])
    this.#promise(executedByAll)
    this.#evict(executedByAll)
  }

  /** Promises that D0 of own commands, from the next on, covers all that every member has executed. */
  #promise(executedByAll: Dependencies): void {
    const { self, limits, timers, ledger, outbox } = this.#ports
    if (this.#isWriting || timers.now() - this.#promisedMs < limits.indexPromiseMs) return
    const floor = greatest(this.#latest.floor, executedByAll)
    if (sameDependencies(floor, this.#latest.floor)) return
    const raised = { floor, from: ledger.knownOf(self) + 1 }
    this.#latest = raised
    this.#promisedMs = timers.now()
    this.#isWriting = true
    outbox.writeExtra({ raised })
    // Others evict by what they are told, so that a crash may not take it back.
    outbox.whenDurableUnhurried(() => {
      this.#isWriting = false
      this.#promised = raised
    })
  }

  #evict(executedByAll: Dependencies): void {
    const { self, ledger, links, tap } = this.#ports
    for (const peer of links.peers) {
      const { raised } = links.progress(peer)
      if (raised !== undefined) this.#floors.told(peer, raised)
    }
    this.#floors.told(self, this.#promised)
    const floor = this.#floors.floor(executedByAll)
    if (floor === undefined || this.#pass !== undefined || sameDependencies(floor, this.#evicted)) return
    this.#evicted = floor
    this.#pass = ledger.evicting(floor)
    tap?.truncated?.(2, floor)
    this.#slice()
  }

  #slice(): void {
    const { limits, timers } = this.#ports
    if (this.#pass?.next(limits.indexSliceKeys) === true) this.#pass = undefined
    else timers.set(sliceApartMs, () => this.#slice())
  }
}
