import type { RecordWrite } from '../store.ts'
import { compareIds, type InstanceOf, nameOfId } from './keys.ts'
import type { Truncations } from './truncations.ts'

/** The living part of records written one after another: the latest vote and the first command of each. */
export class LatestRecords {
  readonly #truncations: Truncations
  readonly #latest = new Map<string, { readonly flush: number; readonly record: RecordWrite }>()

  /** @param truncations may grow later: it must know those of the flushes up to each one that is added */
  constructor(truncations: Truncations) {
    this.#truncations = truncations
  }

  /** Adds the records of a flush, in the order of the flushes. */
  add(flush: number, records: readonly RecordWrite[]): void {
    for (const record of records) {
      const name = nameOfId(record)
      const before = this.#latest.get(name)
      const command = before !== undefined && this.#lives(before) ? before.record.command : undefined
      this.#latest.set(name, { flush, record: command === undefined ? record : { ...record, command } })
    }
  }

  /** The record of an instance, if it lives. */
  get(id: InstanceOf): RecordWrite | undefined {
    const found = this.#latest.get(nameOfId(id))
    return found !== undefined && this.#lives(found) ? found.record : undefined
  }

  get size(): number {
    return this.#latest.size
  }

  /** All living records by epoch, rank and index. */
  sorted(): RecordWrite[] {
    return [...this.#latest.values()]
      .filter(each => this.#lives(each))
      .map(({ record }) => record)
      .sort(compareIds)
  }

  #lives({ flush, record }: { readonly flush: number; readonly record: RecordWrite }): boolean {
    return !this.#truncations.isGone(flush, record)
  }
}
