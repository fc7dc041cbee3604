import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { Codec } from '../../../net/codec.ts'
import type { WorldWatcher } from '../../sim/world/watcher.ts'
import { Flight } from './flight.ts'
import { type Letter, letterOf, rankOf } from './letters.ts'
import { type Life, Seat } from './seat.ts'
import { Story } from './story.ts'
import { Witness } from './witness.ts'

/** Looks at a table as at a world, and hears what the schedule says of itself. */
export interface TableWatcher extends WorldWatcher {
  caption(text: string, about: readonly InstanceId[], nowMs: number): void
}

/**
 * The seats around a table, and what is common to all that a schedule does there: its story, and the witness of all
 * decisions.
 */
export abstract class Seats {
  readonly n: number
  protected readonly seats: readonly Seat[]
  protected readonly story = new Story()
  protected readonly witness = new Witness(this.story)
  protected readonly flight: Flight
  protected readonly codec: Codec
  protected readonly watcher: TableWatcher | undefined
  /** A step takes a millisecond, to whoever reads along; at the replicas time stands still until it passes. */
  protected nowMs = 0

  /** @param watcher reads along, and changes nothing */
  constructor(n: 3 | 5, limits: Partial<Limits> = {}, watcher?: TableWatcher) {
    this.n = n
    this.watcher = watcher
    this.flight = new Flight(n)
    const members = Array.from({ length: n }, (_, rank) => rank + 1)
    // Every message lies on the table as soon as it is said; the simple rule, unless the schedule is of the faster one.
    const all = {
      ...defaultLimits,
      reservedIndices: 0,
      commitDelayMs: 0,
      voteDelayMs: 0,
      paceRoundTripMaxMs: 0,
      checkpointWaitMaxMs: 0,
      ...limits,
    }
    const codec = createCodec(all)
    this.codec = codec
    this.seats = members.map(
      (member, rank) =>
        new Seat(member, {
          members,
          limits: all,
          codec,
          sent: (to, message) => this.flight.add({ from: rank, to: to - 1, message }),
          tap: () => this.witness.tap(rank),
          watched: () => watcher?.tap(member, () => this.nowMs),
          failed: error => this.witness.failed(letterOf(rank), error),
        }),
    )
  }

  isUp(at: Letter): boolean {
    return this.seat(at).life !== undefined
  }

  protected say(line: string): void {
    this.nowMs++
    this.story.say(line)
  }

  protected mistake(what: string): Error {
    return new Error(`the schedule cannot go on: ${what}\n${this.story}`)
  }

  protected seat(letter: string): Seat {
    return this.seats[rankOf(letter)]!
  }

  protected life(letter: string): Life {
    const { life } = this.seat(letter)
    if (life === undefined) throw this.mistake(`${letter} is down`)
    return life
  }
}
