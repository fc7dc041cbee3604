import type { RawTable } from './raw-table.ts'
import { slotsOfATable } from './raw-table.ts'
import { lengthAt } from './record.ts'
import { openSegment } from './segment.ts'
import { SegmentBuffers, SegmentWriter } from './segment-writer.ts'

/** All records of a table, in the order of its keys, as one segment of no checkpoint. Equal tables give equal bytes. */
export function imageOf(table: RawTable): Uint8Array {
  let image: Uint8Array | undefined
  const writer = new SegmentWriter({
    title: { table: table.name, kind: 'base', checkpoint: 0 },
    bytesMax: Number.POSITIVE_INFINITY,
    buffers: new SegmentBuffers(),
    nextId: () => 0,
    finished: segment => {
      image = segment.bytes
    },
  })
  writer.cover(0)
  for (const key of table.keys()) table.record(key, (bytes, at) => writer.add(0, bytes, at, lengthAt(bytes, at)))
  writer.cover(slotsOfATable - 1)
  writer.finish()
  return image!
}

/** Fills an empty table with an image. @throws TableError `malformed` */
export function fill(tableNamed: (name: string) => RawTable, image: Uint8Array): void {
  const { info, recordsAt } = openSegment(image)
  const table = tableNamed(info.table)
  for (let at = recordsAt; at < image.length; at += lengthAt(image, at)) table.load(image, at, 0)
  for (const _ of table.orderLoaded());
}
