import { Violation } from '../violation.ts'
import type { Process } from './process.ts'
import type { Draw } from './random.ts'

/** How far a time of day is off, at a time of the world. */
type WrongBy = (worldMs: number) => number

const hourMs = 3_600_000
const right: WrongBy = () => 0

/** Ways in which a time of day is wrong: it is set at some moment, or runs at another speed. */
export const wrongWays: Readonly<Record<string, (sinceMs: number) => WrongBy>> = {
  'an hour ahead': sinceMs => worldMs => (worldMs < sinceMs ? 0 : hourMs),
  'an hour behind': sinceMs => worldMs => (worldMs < sinceMs ? 0 : -hourMs),
  'at double speed': sinceMs => worldMs => Math.max(0, worldMs - sinceMs),
  'at half speed': sinceMs => worldMs => -Math.max(0, worldMs - sinceMs) / 2,
}

/**
 * The members of a world whose times of day are wrong, and the check of what that must not do (section 10): a cluster
 * clock is never ahead of all right ones.
 */
export class WrongClocks {
  readonly #byMember = new Map<number, WrongBy>()
  readonly #processes = new Map<number, Process>()
  /** The latest that a right clock has read in a life that has ended. */
  #latestEndedMs = 0

  constructor(members: readonly number[], count: number, draw: Draw) {
    for (const member of draw.shuffle(members).slice(0, count)) {
      const way = wrongWays[draw.pick(Object.keys(wrongWays))]!
      this.#byMember.set(member, way(draw.between(0, 3_000)))
    }
  }

  /** What is wrong with the time of day of a member. */
  of(member: number): WrongBy {
    return this.#byMember.get(member) ?? right
  }

  /** Called with each life of a member. Its claims may outlive it. */
  begins(member: number, process: Process): void {
    this.#latestEndedMs = this.#latestMs()
    if (!this.#byMember.has(member)) this.#processes.set(member, process)
  }

  /** Called with the time by which a replica looks for what is due. @throws Violation */
  check(replica: string, passedMs: number): void {
    const byMs = passedMs - this.#latestMs()
    if (byMs > 0) throw new Violation('time', `the cluster clock of ${replica} is ${byMs} ms ahead of all right clocks`)
  }

  #latestMs(): number {
    return Math.max(this.#latestEndedMs, ...[...this.#processes.values()].map(({ rightTimeMs }) => rightTimeMs))
  }
}
