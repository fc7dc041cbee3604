import { NOP, type Value } from '../../machines/protocol/commands.ts'
import type { Pace } from './read-segments.ts'

/** Weight of a slice: some milliseconds of work, more where nothing else is to be done. */
const weightOfSlice = { beside: 256, alone: 1_024 } as const
const recordWeight = 4

/** Says when a slice of work on records, or on commits, is over: each costs what its keys cost. */
export class WorkSlice {
  readonly #weightMax: number
  #weight = 0

  constructor(pace: Pace) {
    this.#weightMax = weightOfSlice[pace]
  }

  /** Notes one that was worked off. @returns whether the slice is over; the next one begins */
  isOver(value: Value | undefined): boolean {
    this.#weight += weightOf(value)
    if (this.#weight < this.#weightMax) return false
    this.#weight = 0
    return true
  }
}

/** The weight of a record, by its value: a key of a command weighs 1. */
export function weightOf(value: Value | undefined): number {
  if (value === undefined || value === NOP) return recordWeight
  return recordWeight + value.footprint.reads.length + value.footprint.writes.length
}
