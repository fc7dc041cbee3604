import { defaultLimits } from '../../../actors/shared/limits.ts'
import { decodeHead } from '../../../actors/state/checkpoint-head.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { StateStore, StoredCheckpoint } from '../../../storage/state-store.ts'
import { type Store, StoreError } from '../../../storage/store.ts'

/** Stores whose state is not read while it is held, as if the disk answered late, or never. The index is. */
export interface HeldReads {
  /** For `memoryCluster`. */
  readonly storeOf: (member: number, store: Store) => Store
  /** Of the checkpoint with which this member is opened from here on, no segment of the state is read. */
  hold(member: number): void
  /** They are read now, and further ones as usual. */
  release(member: number): void
  /** They fail now: what was read is damaged. */
  damage(member: number): void
}

type Held = { keys: ReadonlySet<number>; readonly reads: ((error: StoreError | null) => void)[] }

const codec = createCodec(defaultLimits)

function keysOfState({ head, segments }: StoredCheckpoint): ReadonlySet<number> {
  return new Set(segments.slice(0, decodeHead(head, codec).state.length))
}

export function heldReads(): HeldReads {
  const held = new Map<number, Held>()
  const end = (member: number, error: StoreError | null) => {
    const { reads } = held.get(member)!
    held.delete(member)
    for (const read of reads) read(error)
  }
  return {
    storeOf: (member, store) => ({
      get state(): StateStore {
        const { state } = store
        return {
          add: (segments, done) => state.add(segments, done),
          commit: (checkpoint, done) => state.commit(checkpoint, done),
          drop: keys => state.drop(keys),
          pin: keys => state.pin(keys),
          read: (key, done) => {
            const hold = held.get(member)
            if (hold?.keys.has(key) !== true) state.read(key, done)
            else hold.reads.push(error => (error === null ? state.read(key, done) : done(error)))
          },
        }
      },
      open: done =>
        store.open((error, contents) => {
          const hold = held.get(member)
          if (hold !== undefined && contents?.checkpoint !== undefined) hold.keys = keysOfState(contents.checkpoint)
          if (error === null) done(null, contents!)
          else done(error)
        }),
      close: done => store.close(done),
      write: (batch, done) => store.write(batch, done),
    }),
    hold(member) {
      held.set(member, { keys: new Set(), reads: [] })
    },
    release: member => end(member, null),
    damage: member => end(member, new StoreError('storeDamaged', 'a segment is not what was written')),
  }
}
