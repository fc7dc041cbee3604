import type { RecordWrite, StoreContents, WriteBatch } from '../store.ts'

const copyRecord = (record: RecordWrite): RecordWrite => ({
  ...record,
  vote: record.vote.slice(),
  command: record.command?.slice(),
})

/** A batch that shares no bytes with the caller's: a real disk does not see later changes of them either. */
export const copyBatch = (batch: WriteBatch): WriteBatch => ({
  ...batch,
  records: batch.records.map(copyRecord),
  ...(batch.snapshot && { snapshot: batch.snapshot.slice() }),
})

/** Contents that share no bytes with the disk's. */
export const copyContents = (contents: StoreContents): StoreContents => ({
  ...contents,
  records: contents.records.map(copyRecord),
  snapshot: contents.snapshot?.slice(),
  checkpoint: contents.checkpoint && { ...contents.checkpoint, head: contents.checkpoint.head.slice() },
})
