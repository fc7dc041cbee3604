import { expect } from 'chai'
import { digestOf } from '../../../actors/shared/digest.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { encodeHead } from '../../../actors/state/checkpoint-head.ts'
import type { Arrived } from '../../../actors/state/installer.ts'
import { encodeManifest, partName } from '../../../actors/state/manifest.ts'
import { SnapshotError } from '../../../actors/state/snapshot-error.ts'
import { SnapshotTransfer } from '../../../actors/state/snapshot-transfer.ts'
import { finishRecord, writeKey } from '../../../actors/tables/record.ts'
import { headerBytesOf, type SegmentInfo, seal } from '../../../actors/tables/segment.ts'
import type { Message, MessageOf } from '../../../machines/protocol/messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { idOf } from '../support/ledger.ts'

const codec = createCodec(defaultLimits)
const recordAt = headerBytesOf('keys')
const limits = { ...defaultLimits, snapshotChunkBytes: 16, snapshotBytesMax: 10_000 }
const late = limits.fetchTimeoutMs + 1

/** The parts of a checkpoint with two segments and a frame of commits, by their names. */
function offerOf(seed = 0) {
  const segment = (id: number) => {
    const bytes = new Uint8Array(recordAt + 22)
    writeKey(bytes, recordAt, `${seed}`)
    finishRecord(bytes, recordAt, bytes.length, 0)
    const info: SegmentInfo = { id, table: 'keys', kind: 'base', checkpoint: 1, from: 0, to: 9, size: bytes.length }
    seal(bytes, info)
    return { info, bytes }
  }
  const segments = [segment(1), segment(2)]
  const place = { prefix: [1, 0, seed], above: [[], [], []], commands: 1, agreed: [0, 0, 0], floor: [0, 0, 0] }
  const head = encodeHead({ ...place, state: segments.map(({ info }) => info), index: [] }, codec)
  const manifest = encodeManifest(head, 1, codec)
  const name = digestOf(manifest)
  const bytes = [...segments.map(each => each.bytes), Uint8Array.of(1, 2, 3)]
  const parts = new Map([[name, manifest], ...bytes.map((part, at) => [partName(name, at), part] as const)])
  return { name, parts, bytes }
}

/** A receiver, rank 0, and the parts that its donor, rank 1, gives. */
function receiving(offer = offerOf()) {
  let nowMs = 0
  const state = { offer, isInstalling: false, isPaused: false }
  const asked: MessageOf<'fetchSnapshot'>[] = []
  const stored = new Map<number, Uint8Array>()
  const arrived: Arrived[] = []
  const gaveUp: number[] = []
  const useless: string[] = []
  const told: ReplicaEvent[] = []
  let refusal: SnapshotError | undefined
  let frameRefusal: SnapshotError | undefined
  const receiver = new SnapshotTransfer({
    limits,
    codec,
    store: {
      add: (segments, done) => {
        const keys = segments.map(bytes => {
          stored.set(stored.size + 1, bytes.slice())
          return stored.size
        })
        done(null, keys)
      },
      drop: keys => {
        for (const key of keys) stored.delete(key)
      },
    },
    installer: {
      get isUnderWay() {
        return state.isInstalling
      },
      isPaused: () => state.isPaused,
      check: () => {
        if (refusal !== undefined) throw refusal
      },
      read: (_, frame) => {
        if (frameRefusal !== undefined) throw frameRefusal
        return [{ type: 'commit', id: idOf(0, frame.length), cmd: 'nop', dep: [0, 0, 0] }]
      },
      install: (_, each) => arrived.push(each),
      useless: (_, error) => useless.push(error.code),
    },
    donors: { didNotHelp: rank => gaveUp.push(rank) },
    now: () => nowMs,
    say: (_, message: Message) => {
      if (message.type === 'fetchSnapshot') asked.push(message)
    },
    turn: run => run(),
    failed: error => {
      throw error
    },
    log: event => told.push(event),
  })
  const chunkOf = (digest: string, offset: number): MessageOf<'snapshotChunk'> => {
    const { name, parts } = state.offer
    const found = parts.get(digest)
    const all = found ?? parts.get(name)!
    const start = found === undefined ? 0 : offset
    const bytes = all.subarray(start, start + limits.snapshotChunkBytes)
    return { type: 'snapshotChunk', digest: found ? digest : name, offset: start, size: all.length, bytes }
  }
  return {
    receiver,
    state,
    asked,
    stored,
    arrived,
    gaveUp,
    useless,
    told,
    chunkOf,
    refuse(error: SnapshotError): void {
      refusal = error
    },
    refuseFrames(error: SnapshotError): void {
      frameRefusal = error
    },
    /** The next request is answered, and the answer comes; false when nothing is asked. */
    exchange(): boolean {
      const request = asked.shift()
      if (request === undefined) return false
      receiver.chunk(1, chunkOf(request.digest, request.offset))
      return true
    },
    pass(ms: number): void {
      nowMs += ms
      receiver.tick()
    },
  }
}

describe('snapshot transfer', () => {
  it('brings a checkpoint over part by part, one chunk at a time, and says how far it is', () => {
    const offer = offerOf()
    const { receiver, exchange, asked, stored, arrived } = receiving(offer)
    expect(receiver.progress).to.equal(undefined)
    receiver.begin(1)
    expect(asked).to.deep.equal([{ type: 'fetchSnapshot', digest: '', offset: 0 }])
    while (exchange()) {
      expect(asked.length).to.be.at.most(1)
      const { received, size } = receiver.progress ?? { received: 0, size: 0 }
      expect(received).to.be.at.most(size)
    }
    expect([...stored.values()]).to.deep.equal(offer.bytes.slice(0, 2))
    expect(arrived[0]!.keys).to.deep.equal([1, 2])
    expect(arrived[0]!.commits.map(({ id }) => id.index)).to.deep.equal([3])
    expect(arrived[0]!.bytes).to.equal([...offer.parts.values()].reduce((sum, { length }) => sum + length, 0))
    expect(receiver.progress).to.equal(undefined)
  })

  it('fetches from one donor at a time', () => {
    const { receiver, asked } = receiving()
    receiver.begin(1)
    receiver.begin(2)
    expect(asked).to.have.length(1)
  })

  for (const [when, is] of [
    ['while what came waits to be installed', 'isInstalling'],
    ['from a donor in its pause', 'isPaused'],
  ] as const)
    it(`fetches nothing ${when}`, () => {
      const { receiver, asked, state } = receiving()
      state[is] = true
      receiver.begin(1)
      expect(asked).to.deep.equal([])
      state[is] = false
      receiver.begin(1)
      expect(asked).to.have.length(1)
    })

  it('goes on where it stood after a chunk was lost', () => {
    const { receiver, exchange, pass, asked, stored, arrived } = receiving()
    receiver.begin(1)
    while (stored.size === 0) exchange()
    exchange()
    const [lost] = asked.splice(0)
    expect(lost!.offset).to.be.above(0)
    pass(late)
    expect(asked).to.deep.equal([lost])
    while (exchange());
    expect(arrived).to.have.length(1)
  })

  it('takes each chunk once, in its order, and from its donor alone', () => {
    const offer = offerOf()
    const { receiver, chunkOf, arrived } = receiving(offer)
    receiver.chunk(1, chunkOf('', 0))
    expect(receiver.progress, 'nobody has asked').to.equal(undefined)
    receiver.begin(1)
    receiver.chunk(2, chunkOf('', 0))
    receiver.chunk(1, chunkOf(offer.name, 16))
    expect(receiver.progress?.received).to.equal(0)
    for (const offset of [0, 0, 32, 16, 16]) receiver.chunk(1, chunkOf(offer.name, offset))
    expect(receiver.progress?.received).to.equal(32)
    receiver.chunk(1, { ...chunkOf(offer.name, 32), bytes: new Uint8Array(9_000) })
    expect(receiver.progress?.received, 'longer than it said').to.equal(32)
    expect(arrived).to.have.length(0)
  })

  it('begins anew with a newer one when the donor has no other any more, and drops what came', () => {
    const newer = offerOf(7)
    const { receiver, exchange, state, stored, arrived } = receiving()
    receiver.begin(1)
    while (stored.size === 0) exchange()
    state.offer = newer
    while (exchange());
    expect([...stored.values()]).to.deep.equal(newer.bytes.slice(0, 2))
    expect(arrived.map(({ head }) => head.prefix[2])).to.deep.equal([7])
  })

  it('gives a silent donor up after some timeouts, and drops what came', () => {
    const { receiver, exchange, pass, asked, gaveUp, stored } = receiving()
    receiver.begin(1)
    while (stored.size === 0) exchange()
    asked.length = 0
    for (let silences = 1; silences <= 3; silences++) pass(late)
    expect([asked.length, gaveUp.length]).to.deep.equal([3, 0])
    pass(late)
    expect([asked.length, gaveUp, stored.size]).to.deep.equal([3, [1], 0])
    receiver.begin(2)
    expect(asked).to.have.length(4)
  })

  it('fetches no part beyond the limit', () => {
    const { receiver, chunkOf, arrived, gaveUp, told } = receiving()
    receiver.begin(1)
    receiver.chunk(1, { ...chunkOf('', 0), size: 10_001 })
    expect([arrived, gaveUp, receiver.progress]).to.deep.equal([[], [1], undefined])
    expect(told).to.deep.equal([{ code: 'snapshotTooLarge', bytes: 10_001, snapshotBytesMax: 10_000 }])
  })

  it('takes no manifest that is not what its name says, and no damaged segment', () => {
    for (const at of [0, 1]) {
      const { receiver, exchange, state, arrived, gaveUp, stored } = receiving()
      const [name, bytes] = [...state.offer.parts][at]!
      state.offer.parts.set(name, bytes.with(-1, bytes.at(-1)! ^ 1))
      receiver.begin(1)
      while (exchange());
      expect([arrived, gaveUp, stored.size]).to.deep.equal([[], [1], 0])
    }
  })

  it('fetches none that is useless here', () => {
    const { receiver, refuse, exchange, arrived, useless, stored } = receiving()
    refuse(new SnapshotError('snapshotLacks', 'it lacks A.1'))
    receiver.begin(1)
    while (exchange());
    expect([arrived, useless, stored.size]).to.deep.equal([[], ['snapshotLacks'], 0])
  })
})
