import { expect } from 'chai'
import { Ledger } from '../../../actors/records/ledger.ts'
import { Links } from '../../../actors/records/links.ts'
import { Outbox } from '../../../actors/records/outbox.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { Eviction } from '../../../actors/state/eviction.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'

describe('eviction', () => {
  const promise = { floor: [3, 4, 5], from: 7 }

  /** After a restart, and what it writes with the first flush. */
  function restarted() {
    const codec = createCodec(defaultLimits)
    const membership = createMembership([1, 2, 3])
    const outbox = new Outbox({ self: 0, n: 3, codec, flushBytesMax: defaultLimits.flushBytesMax })
    const eviction = new Eviction({
      self: 0,
      limits: defaultLimits,
      timers: { now: () => 0, set: at => ({ at, cancelled: false }) },
      ledger: new Ledger(membership),
      links: new Links(0, membership.quorums, 0, defaultLimits.suspicionMs),
      outbox,
      progress: { executed: [0, 0, 0] },
      tap: undefined,
    })
    return { eviction, written: () => outbox.takeFlush()?.batch.raised }
  }

  it('takes over the promise of the journal', () => {
    const { eviction, written } = restarted()
    eviction.resume({ raised: promise, snapshot: undefined })
    expect([eviction.raised, eviction.promised, written()]).to.deep.equal([promise, promise, undefined])
  })

  it('writes the promise of an earlier program, which goes with its snapshot, to the journal', () => {
    const { eviction, written } = restarted()
    eviction.restore(promise)
    eviction.resume({ raised: undefined, snapshot: Uint8Array.of(1) })
    expect([eviction.promised, written()]).to.deep.equal([promise, promise])
  })
})
