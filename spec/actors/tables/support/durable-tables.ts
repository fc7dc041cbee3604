import { expect } from 'chai'
import { defaultLimits } from '../../../../actors/shared/limits.ts'
import type { CheckpointSlices } from '../../../../actors/tables/checkpoint-slices.ts'
import type { RawTable } from '../../../../actors/tables/raw-table.ts'
import { slotOf } from '../../../../actors/tables/raw-table.ts'
import type { SegmentInfo } from '../../../../actors/tables/segment.ts'
import { StateTables } from '../../../../actors/tables/state-tables.ts'
import { createCodec } from '../../../../net/codec/create-codec.ts'
import { loadInto } from '../../../support/states.ts'

export const codec = createCodec(defaultLimits)
export const newTables = (): StateTables => new StateTables(codec)

/** What a table holds, in a form to be compared. */
export type Image = { readonly [table: string]: { readonly [key: string]: string } }

export function imageOf(tables: StateTables): Image {
  const text = (table: RawTable) =>
    [table.name, Object.fromEntries([...table.keys()].map(key => [key, table.text(key)!]))] as const
  return Object.fromEntries(rawOf(tables).map(text))
}

/** The tables as they lie in memory. */
export function rawOf(tables: StateTables): readonly RawTable[] {
  const names: string[] = []
  tables.digest(name => names.push(name) > 0)
  return names.map(name => tables.system(name))
}

/** Bytes of the records that stand. */
export const stateBytesOf = (tables: StateTables): number => rawOf(tables).reduce((sum, { bytes }) => sum + bytes, 0)

/** Keys of a few slots, so that histories of some steps meet in them. */
export const crowdedKeys: readonly string[] = Array.from({ length: 40_000 }, (_, at) => `k${at}`)
  .filter(key => [0, 1, 2, 3, 500, 1_023].includes(slotOf(key)))
  .slice(0, 40)

/** Tables beside a disk that keeps the segments of their checkpoints. */
export class DurableTables {
  readonly tables = newTables()
  readonly disk = new Map<number, Uint8Array>()
  /** The latest durable checkpoint, and the state that it has to hold. */
  live: readonly SegmentInfo[] = []
  image: Image = {}
  readonly #segmentBytesMax: number
  #number = 0
  #underWay: { readonly slices: CheckpointSlices; readonly image: Image } | undefined

  constructor(segmentBytesMax: number) {
    this.#segmentBytesMax = segmentBytesMax
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }

  begin(): void {
    const image = imageOf(this.tables)
    this.#underWay = { image, slices: this.tables.begin(++this.#number, this.#segmentBytesMax) }
  }

  /** @returns whether the checkpoint is durable now */
  slice(bytesMax: number): boolean {
    const { slices, image } = this.#underWay!
    for (const { info, bytes } of slices.slice(bytesMax)) {
      expect(this.disk.has(info.id), 'a segment is written once').to.equal(false)
      this.disk.set(info.id, bytes.slice())
      slices.release(bytes)
    }
    if (!slices.isDone) return false
    this.live = slices.live
    this.image = image
    this.tables.committed()
    expect(this.tables.live).to.deep.equal(this.live)
    this.#underWay = undefined
    const ids = new Set(this.live.map(({ id }) => id))
    for (const id of this.disk.keys()) if (!ids.has(id)) this.disk.delete(id)
    return true
  }

  whole(): void {
    if (!this.isUnderWay) this.begin()
    while (!this.slice(1_000));
  }

  abandon(): void {
    this.tables.abandoned()
    this.#underWay = undefined
  }

  /** Loads what is on disk into other tables, or into these. */
  loadInto(tables: StateTables): void {
    loadInto(tables, { live: this.live, bytes: this.disk })
  }

  get diskBytes(): number {
    return this.live.reduce((sum, { size }) => sum + size, 0)
  }
}
