import type { RecordWrite, Store, StoreContents, StoreError, WriteBatch } from '../../../storage/store.ts'

/** The Store interface as promises. */
export const open = (store: Store): Promise<StoreContents> =>
  new Promise((resolve, reject) => {
    store.open((error, contents) => (error === null ? resolve(contents!) : reject(error)))
  })

export const write = (store: Store, batch: WriteBatch): Promise<void> =>
  new Promise((resolve, reject) => {
    store.write(batch, error => (error === null ? resolve() : reject(error)))
  })

export const close = (store: Store): Promise<void> => new Promise(resolve => store.close(resolve))

/** The error that a promise ends with. */
export const errorOf = async (promise: Promise<unknown>): Promise<StoreError> => {
  try {
    await promise
  } catch (error) {
    return error as StoreError
  }
  throw new Error('expected an error and there was none')
}

export const bootstrap = { cluster: 'spec', member: 2, members: [1, 2, 3], epoch: 1 }

const text = new TextEncoder()

/** A record of instance `rank.index` in epoch 1, of text. */
export const record = (rank: number, index: number, vote: string, command?: string): RecordWrite => ({
  epoch: 1,
  rank,
  index,
  vote: text.encode(vote),
  command: command === undefined ? undefined : text.encode(command),
})

/** Records by rank, then index. */
export const sorted = (records: readonly RecordWrite[]): RecordWrite[] =>
  [...records].sort((a, b) => a.epoch - b.epoch || a.rank - b.rank || a.index - b.index)
