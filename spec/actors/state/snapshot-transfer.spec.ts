import { expect } from 'chai'
import { digestOf } from '../../../actors/shared/digest.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { SnapshotTransfer } from '../../../actors/state/snapshot-transfer.ts'
import type { Snapshot } from '../../../actors/state/snapshots.ts'
import type { Message, MessageOf } from '../../../machines/protocol/messages.ts'

const limits = { ...defaultLimits, snapshotChunkBytes: 4, snapshotBytesMax: 100 }
const late = limits.fetchTimeoutMs + 1
const snapshotOf = (length: number, seed = 0): Snapshot => {
  const bytes = Uint8Array.from({ length }, (_, at) => at + seed)
  return { digest: digestOf(bytes), bytes }
}

/** A donor, rank 1, and a receiver, rank 0; messages between them wait to be delivered. */
function pair(latest: Snapshot | undefined) {
  let nowMs = 0
  const state = { latest }
  const asked: MessageOf<'fetchSnapshot'>[] = []
  const sent: MessageOf<'snapshotChunk'>[] = []
  const complete: Uint8Array[] = []
  const gaveUp: number[] = []
  const told: ReplicaEvent[] = []
  const make = () =>
    new SnapshotTransfer({
      limits,
      now: () => nowMs,
      say: (_, message: Message) => {
        if (message.type === 'fetchSnapshot') asked.push(message)
        if (message.type === 'snapshotChunk') sent.push(message)
      },
      latest: () => state.latest,
      installer: { install: (_, bytes) => complete.push(bytes) },
      donors: { didNotHelp: rank => gaveUp.push(rank) },
      log: event => told.push(event),
    })
  const receiver = make()
  let donor = make()
  return {
    receiver,
    serve: (digest: string, offset: number) => donor.serve(0, { type: 'fetchSnapshot', digest, offset }),
    restartDonor: () => {
      donor = make()
    },
    state,
    asked,
    sent,
    complete,
    gaveUp,
    told,
    /** The next request is answered, and the answer comes; false when nothing is asked. */
    exchange(): boolean {
      const request = asked.shift()
      if (request === undefined) return false
      donor.serve(0, request)
      const part = sent.shift()
      if (part !== undefined) receiver.chunk(1, part)
      return true
    },
    pass(ms: number): void {
      nowMs += ms
      receiver.tick()
      donor.tick()
    },
  }
}

describe('snapshot transfer', () => {
  it('brings a snapshot over in parts, one at a time, and says how far it is', () => {
    const snapshot = snapshotOf(10)
    const { receiver, exchange, asked, complete } = pair(snapshot)
    expect(receiver.progress).to.equal(undefined)
    receiver.begin(1)
    expect(asked).to.deep.equal([{ type: 'fetchSnapshot', digest: '', offset: 0 }])
    exchange()
    expect(receiver.progress).to.deep.equal({ received: 4, size: 10 })
    while (exchange()) expect(asked.length).to.be.at.most(1)
    expect(complete).to.deep.equal([snapshot.bytes])
    expect(receiver.progress).to.equal(undefined)
  })

  it('brings an empty one', () => {
    const { receiver, exchange, complete } = pair(snapshotOf(0))
    receiver.begin(1)
    exchange()
    expect(complete).to.deep.equal([new Uint8Array()])
  })

  it('fetches from one donor at a time', () => {
    const { receiver, asked } = pair(snapshotOf(10))
    receiver.begin(1)
    receiver.begin(2)
    expect(asked).to.have.length(1)
  })

  it('goes on where it stood after a part was lost', () => {
    const snapshot = snapshotOf(10)
    const { receiver, exchange, pass, asked, complete } = pair(snapshot)
    receiver.begin(1)
    exchange()
    asked.length = 0
    pass(late)
    expect(asked).to.deep.equal([{ type: 'fetchSnapshot', digest: snapshot.digest, offset: 4 }])
    while (exchange());
    expect(complete).to.deep.equal([snapshot.bytes])
  })

  it('takes each part once, in its order, and from its donor alone', () => {
    const snapshot = snapshotOf(10)
    const { receiver, complete } = pair(snapshot)
    const part = (offset: number): MessageOf<'snapshotChunk'> => ({
      type: 'snapshotChunk',
      digest: snapshot.digest,
      offset,
      size: 10,
      bytes: snapshot.bytes.subarray(offset, offset + 4),
    })
    receiver.chunk(1, part(0))
    expect(receiver.progress, 'nobody has asked').to.equal(undefined)
    receiver.begin(1)
    receiver.chunk(2, part(0))
    receiver.chunk(1, part(4))
    expect(receiver.progress?.received).to.equal(0)
    for (const offset of [0, 0, 8, 4, 4]) receiver.chunk(1, part(offset))
    expect(receiver.progress?.received).to.equal(8)
    receiver.chunk(1, { ...part(8), bytes: Uint8Array.of(1, 2, 3) })
    expect(receiver.progress?.received, 'longer than it said').to.equal(8)
    receiver.chunk(1, part(8))
    expect(complete).to.deep.equal([snapshot.bytes])
  })

  it('goes on with the same snapshot while the donor takes newer ones', () => {
    const snapshot = snapshotOf(10)
    const { receiver, exchange, state, complete } = pair(snapshot)
    receiver.begin(1)
    exchange()
    state.latest = snapshotOf(12, 50)
    while (exchange());
    expect(complete).to.deep.equal([snapshot.bytes])
  })

  it('begins anew with the newer one when the donor has no other any more', () => {
    const newer = snapshotOf(12, 50)
    const { receiver, restartDonor, exchange, state, complete } = pair(snapshotOf(10))
    receiver.begin(1)
    exchange()
    state.latest = newer
    restartDonor()
    while (exchange());
    expect(complete).to.deep.equal([newer.bytes])
  })

  it('keeps an older one while somebody asks for it, and some time after', () => {
    const older = snapshotOf(10)
    const { serve, state, pass, sent } = pair(older)
    const offered = () => {
      serve(older.digest, 4)
      return sent.pop()?.digest
    }
    serve('', 0)
    state.latest = snapshotOf(12, 50)
    for (let parts = 0; parts < 3; parts++) {
      pass(10 * limits.fetchTimeoutMs)
      expect(offered()).to.equal(older.digest)
    }
    pass(10 * late)
    expect(offered()).to.equal(state.latest.digest)
  })

  it('gives a silent donor up after some timeouts', () => {
    const { receiver, pass, asked, gaveUp } = pair(undefined)
    receiver.begin(1)
    for (let silences = 1; silences <= 3; silences++) pass(late)
    expect([asked.length, gaveUp.length]).to.deep.equal([4, 0])
    pass(late)
    expect([asked.length, gaveUp]).to.deep.equal([4, [1]])
    receiver.begin(2)
    expect(asked).to.have.length(5)
  })

  it('says nothing when it has no snapshot', () => {
    const { serve, sent } = pair(undefined)
    serve('', 0)
    expect(sent).to.deep.equal([])
  })

  it('fetches none beyond the limit', () => {
    const { receiver, exchange, complete, gaveUp, told } = pair(snapshotOf(101))
    receiver.begin(1)
    exchange()
    expect([complete, gaveUp, receiver.progress]).to.deep.equal([[], [1], undefined])
    expect(told).to.deep.equal([{ code: 'snapshotTooLarge', bytes: 101, snapshotBytesMax: 100 }])
  })

  it('takes none that is not what its name says', () => {
    const { receiver, exchange, complete, gaveUp } = pair({ ...snapshotOf(10), digest: snapshotOf(9).digest })
    receiver.begin(1)
    while (exchange());
    expect([complete, gaveUp]).to.deep.equal([[], [1]])
  })
})
