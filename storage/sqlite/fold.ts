import type { RecordWrite, WriteBatch } from '../store.ts'
import type { Parameter, Prepared } from './connection.ts'
import { type JournalSource, readRows } from './journal.ts'
import { checkpointName, foldedName, ownerName, snapshotName } from './keys.ts'
import { LatestRecords } from './latest.ts'
import type { Segment, Segments } from './segments.ts'
import { type Single, spread } from './spread.ts'
import type { Truncations } from './truncations.ts'

const text = new TextEncoder()

/** Folds the oldest part of the journal into the tables at intervals. */
export interface Folds {
  /** Called after a flush was written. @returns whether something should be folded now */
  isDueAfter(flush: number, batch: WriteBatch, rowBytes: number): boolean
  /**
   * Folds the oldest segment, between two flushes: its living records go into the tables, its rows are deleted. The
   * contents found at opening stay the same. It is one statement: all of it or nothing.
   * @returns the number of bytes written
   * @throws SQLite's error, or StoreError `storeDamaged`
   */
  run(): Promise<number>
}

export interface FoldPorts {
  readonly source: JournalSource
  readonly statement: Prepared
  readonly segments: Segments
  readonly truncations: Truncations
}

export function createFolds({ source, statement, segments, truncations }: FoldPorts): Folds {
  /** Under load nearly all segments are dead: they need not be read. */
  async function livingOf(segment: Segment): Promise<readonly RecordWrite[]> {
    if (segments.isDead(segment)) return []
    const latest = new LatestRecords(truncations)
    for await (const { flush, records } of readRows(source, segment.first, segment.last)) latest.add(flush, records)
    return latest.sorted()
  }
  return {
    isDueAfter(flush, { records, truncate }, rowBytes) {
      segments.append({ flush, records, bytes: rowBytes })
      if (truncate !== undefined) truncations.add(flush, truncate)
      return segments.due !== undefined
    },
    async run() {
      const segment = segments.due
      if (segment === undefined) return 0
      const parameters = packFold(segment.last, await livingOf(segment))
      await new Promise<void>((resolve, reject) => {
        statement.run(parameters, error => (error === null ? resolve() : reject(error)))
      })
      segments.folded()
      return parameters[1].length
    },
  }
}

type FoldParameters = readonly [last: number, data: Buffer, ...lists: Parameter[]]

function packFold(last: number, records: readonly RecordWrite[]): FoldParameters {
  return pack(last, [[foldedName, text.encode(String(last))]], records)
}

/** A new store's first values, likewise. */
export function packOwner(
  owner: Uint8Array,
  snapshot: Uint8Array | undefined,
  checkpoint: number | undefined,
): FoldParameters {
  const singles: Single[] = [
    [ownerName, owner],
    [foldedName, text.encode('0')],
  ]
  if (snapshot !== undefined) singles.push([snapshotName, snapshot])
  if (checkpoint !== undefined) singles.push([checkpointName, text.encode(String(checkpoint))])
  return pack(0, singles)
}

function pack(last: number, singles: readonly Single[], records?: readonly RecordWrite[]): FoldParameters {
  const { data, votes, commands, singles: places } = spread(singles, records)
  return [last, data, votes, commands, places]
}
