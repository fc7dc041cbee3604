import type { Keys } from './commands.ts'
import { NOP } from './commands.ts'
import { type Dependencies, noDependencies } from './dependencies.ts'
import type { Rank } from './membership.ts'
import type { Quorums } from './quorums.ts'
import { payloadOf, type Record } from './record.ts'
import { struct, type TypeOf, uint } from './shape.ts'

/**
 * The number of a round of reads ([rule 5a.1](./README.md#rule-5a-1)): the life of the store that asks, and a count within
 * it. It is never used twice, also not after a restart, so that no earlier answer counts.
 */
export const readRound = struct({ life: uint, count: uint })
export type ReadRoundNumber = TypeOf<typeof readRound>

/** Whether a read may take the state after the answers ([rule 5a.4](./README.md#rule-5a-4)): it reads one key at most. */
export const readsOneKey = (keys: Keys): boolean => keys !== 'all' && keys.length <= 1

/** The answers to one round, of distinct replicas: V is their pointwise maximum ([rule 5a.3](./README.md#rule-5a-3)). */
export class ReadAnswers {
  readonly #needed: number
  readonly #seen: number[]
  #from = 0
  #count = 0

  constructor({ n, slow }: Quorums) {
    this.#needed = slow
    this.#seen = noDependencies(n).slice()
  }

  /** Whether n - f replicas have answered. */
  get isEnough(): boolean {
    return this.#count >= this.#needed
  }

  /** V. */
  get seen(): Dependencies {
    return this.#seen
  }

  has(from: Rank): boolean {
    return (this.#from & (1 << from)) !== 0
  }

  add(from: Rank, seen: Dependencies): void {
    if (this.has(from)) return
    this.#from |= 1 << from
    this.#count++
    for (let rank = 0; rank < seen.length; rank++) if (seen[rank]! > this.#seen[rank]!) this.#seen[rank] = seen[rank]!
  }
}

/**
 * What a read may have to wait for in an id within V ([rule 5a.3](./README.md#rule-5a-3)): nothing, as it is settled for
 * every read; its payload, which is unknown; or its execution, if it writes a key of that read.
 */
export type ReadStanding = 'settled' | 'unknown' | { readonly writes: Keys }

/** @param isExecuted whether the id is in the executed set here, or at or below the floor */
export function readStanding(isExecuted: boolean, record: Record | undefined): ReadStanding {
  if (isExecuted) return 'settled'
  if (record === undefined) return 'unknown'
  if (record.phase === 'committed' && record.cmd === NOP) return 'settled'
  return payloadOf(record)?.footprint ?? 'unknown'
}
