import type { StateStore, StoredCheckpoint } from '../../../storage/state-store.ts'

/** The StateStore interface as promises. */
export const add = (state: StateStore, ...segments: readonly Uint8Array[]): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    state.add(segments, (error, keys) => (error === null ? resolve(keys!) : reject(error)))
  })

export const commit = (state: StateStore, checkpoint: StoredCheckpoint): Promise<void> =>
  new Promise((resolve, reject) => {
    state.commit(checkpoint, error => (error === null ? resolve() : reject(error)))
  })

export const read = (state: StateStore, key: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    state.read(key, (error, bytes) => (error === null ? resolve(bytes!) : reject(error)))
  })

/** So many bytes that tell where they are from. */
export const segment = (seed: number, length = 1_000): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed * 7) % 251)

/** What a checkpoint says of itself. */
export const head = (number: number): Uint8Array => new TextEncoder().encode(`the head of checkpoint ${number}`)

/** A checkpoint of these segments. */
export const checkpointOf = (number: number, segments: readonly number[]): StoredCheckpoint => ({
  number,
  head: head(number),
  segments,
})

/** What a segment with this key holds, where that is agreed on. */
export const contentOf = (key: number): Uint8Array => segment(key, 20_000 + (key % 7) * 11_111)
