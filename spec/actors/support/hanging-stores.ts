import type { Clock } from '../../../machines/protocol/clock.ts'
import type { Store } from '../../../storage/store.ts'

/** Stores whose flushes can hang, or take long. */
export interface HangingStores {
  /** For `memoryCluster`. */
  readonly storeOf: (member: number, store: Store) => Store
  /** From here on flushes of this member do not end. */
  hang(member: number): void
  /** They end now, and further ones as usual. */
  release(member: number): void
  /** From here on each flush of this member takes so much longer. */
  slow(member: number, clock: Clock, byMs: number): void
}

export function hangingStores(): HangingStores {
  const held = new Map<number, (() => void)[]>()
  const slowed = new Map<number, { readonly clock: Clock; readonly byMs: number }>()
  return {
    storeOf: (member, store) => ({
      get state() {
        return store.state
      },
      open: done => store.open(done),
      close: done => store.close(done),
      write: (batch, done) => {
        const write = () => store.write(batch, done)
        const slow = slowed.get(member)
        if (slow !== undefined) slow.clock.setTimeout(write, slow.byMs)
        else if (held.has(member)) held.get(member)!.push(write)
        else write()
      },
    }),
    hang(member) {
      held.set(member, [])
    },
    release(member) {
      const writes = held.get(member) ?? []
      held.delete(member)
      for (const write of writes) write()
    },
    slow(member, clock, byMs) {
      slowed.set(member, { clock, byMs })
    },
  }
}
