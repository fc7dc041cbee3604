import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type BackupPart, Backups, type BackupsPorts } from '../../../actors/state/backups.ts'
import { encodeHead } from '../../../actors/state/checkpoint-head.ts'
import type { StoredCheckpoint } from '../../../storage/state-store.ts'
import { StoreError } from '../../../storage/store.ts'
import { backupFileOf, codec, segmentOf } from './support/backup-files.ts'

const limits = { ...defaultLimits, snapshotChunkBytes: 32, backupsMax: 2 }
const segments = [segmentOf(1, 60), segmentOf(2, 90)]
const index = segmentOf(9, 40)
const { origin, file } = backupFileOf(segments)
const place = { prefix: [1], above: [[]], commands: origin.commands, agreed: [0], floor: [0] }
const stored: StoredCheckpoint = {
  number: 4,
  head: encodeHead({ ...place, state: segments.map(({ info }) => info), index: [index.info] }, codec),
  segments: [11, 12, 13],
}

/** Backups over a store that answers when it is told to. */
function taking(ports: Partial<BackupsPorts> = {}) {
  const state = { nowMs: 0, takenMs: origin.takenMs }
  const awaiting: ((stored: StoredCheckpoint | undefined) => void)[] = []
  const pinned: number[][] = []
  const reads: number[] = []
  const failures: Error[] = []
  const backups = new Backups({
    limits,
    codec,
    store: {
      read(key, done) {
        reads.push(key)
        const segment = segments[key - 11]
        if (segment === undefined) done(new StoreError('storeDamaged', `segment ${key} is missing`))
        else done(null, segment.bytes)
      },
      pin(keys) {
        pinned.push([...keys])
        return () =>
          pinned.splice(
            pinned.findIndex(each => each[0] === keys[0]),
            1,
          )
      },
    },
    now: () => state.nowMs,
    origin: () => ({ cluster: origin.cluster, member: origin.member, takenMs: state.takenMs }),
    checkpoint: done => awaiting.push(done),
    whyNoState: () => undefined,
    turn: run => run(),
    failed: error => failures.push(error),
    ...ports,
  })
  const take = (): (BackupPart | string)[] => {
    const answers: (BackupPart | string)[] = []
    backups.take(answer => answers.push(answer))
    return answers
  }
  return { backups, state, awaiting, pinned, reads, failures, take }
}

describe('taking backups', () => {
  it('waits for a durable checkpoint, and gives its state part by part, each segment read once', () => {
    const { backups, awaiting, take, pinned, reads } = taking()
    const answers = take()
    expect(answers).to.eql([])
    expect(pinned).to.eql([])
    awaiting[0]!(stored)
    expect(pinned, 'the segments of the state, not of the index').to.eql([[11, 12]])
    const parts = answers as BackupPart[]
    for (let part = parts[0]!; part.offset + part.bytes.length < part.size; part = parts.at(-1)!)
      expect(backups.part(part.digest, part.offset + part.bytes.length, next => parts.push(next))).to.equal(true)
    for (const { bytes } of parts) expect(bytes.length).to.be.within(1, limits.snapshotChunkBytes)
    expect(new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes)))).to.eql(file)
    expect(reads).to.eql([11, 12])
  })

  it('gives no bytes beyond the end', () => {
    const { backups, awaiting, take } = taking()
    const answers = take() as BackupPart[]
    awaiting[0]!(stored)
    const found: BackupPart[] = []
    expect(backups.part(answers[0]!.digest, file.length + 5, part => found.push(part))).to.equal(true)
    expect(found.map(({ bytes }) => bytes.length)).to.eql([0])
  })

  it('releases an abandoned one a minute after it was asked for last', () => {
    const { backups, state, awaiting, take, pinned } = taking()
    const answers = take() as BackupPart[]
    awaiting[0]!(stored)
    state.nowMs = 50_000
    expect(backups.part(answers[0]!.digest, 0, () => undefined)).to.equal(true)
    state.nowMs = 110_000
    backups.tick()
    expect(pinned).to.have.length(1)
    state.nowMs = 110_001
    backups.tick()
    expect(pinned).to.eql([])
    expect(backups.part(answers[0]!.digest, 0, () => undefined)).to.equal(false)
  })

  it('counts those that wait and those that are fetched', () => {
    const { backups, state, awaiting, take, pinned } = taking()
    take()
    take()
    expect(backups.isFull).to.equal(true)
    awaiting[0]!(stored)
    expect(backups.isFull).to.equal(true)
    awaiting[1]!(undefined)
    expect(backups.isFull, 'one is fetched').to.equal(false)
    take()
    awaiting[2]!(stored)
    expect(backups.isFull, 'two are, of one checkpoint').to.equal(true)
    expect(pinned).to.have.length(1)
    state.nowMs = 60_001
    backups.tick()
    expect(backups.isFull).to.equal(false)
    for (const at of [3, 4]) {
      take()
      state.takenMs++
      awaiting[at]!(stored)
    }
    expect(backups.isFull, 'two are, of a checkpoint each').to.equal(true)
    expect(pinned).to.have.length(2)
  })

  it('says why there is none', () => {
    for (const [why, expected] of [
      ['no state today', 'no state today'],
      [undefined, 'no checkpoint could be written here just now'],
    ] as const) {
      const { awaiting, take, pinned } = taking({ whyNoState: () => why })
      const answers = take()
      awaiting[0]!(undefined)
      expect(answers).to.eql([expected])
      expect(pinned).to.eql([])
    }
  })

  it('stops the replica when its store gives a segment back damaged', () => {
    const { backups, awaiting, take, failures } = taking()
    const answers = take() as BackupPart[]
    awaiting[0]!({ ...stored, segments: [11, 99, 13] })
    const at = answers[0]!.size - 60
    backups.part(answers[0]!.digest, at, part => answers.push(part))
    expect(answers).to.have.length(1)
    expect(failures).to.have.length(1)
    expect(failures[0]).to.have.property('code', 'storeDamaged')
  })
})
