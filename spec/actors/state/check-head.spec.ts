import { expect } from 'chai'
import { checkCommits, checkHead } from '../../../actors/state/check-head.ts'
import { SnapshotError } from '../../../actors/state/snapshot-error.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'

const segment = { id: 1, table: 'values', kind: 'base', checkpoint: 1, from: 0, to: 1_023, size: 100 }
const good = {
  version: 1,
  commands: 0,
  agreed: [0, 0, 0],
  floor: [0, 0, 0],
  prefix: [2, 0, 0],
  above: [[4, 6], [], []],
  state: [segment],
  index: [],
}
const membership = createMembership([1, 2, 3])
const commit = { type: 'commit', id: { epoch: 1, rank: 0, index: 1 }, cmd: NOP, dep: [0, 0, 0] } as const

describe('the check of a checkpoint of a donor', () => {
  it('lets a checkpoint through', () => {
    checkHead(good, 3)
    checkCommits([commit], 1, membership)
  })

  const spoilt: readonly (readonly [string, object])[] = [
    ['state', { state: 'text' }],
    ['commands', { commands: -1 }],
    ['prefix', { prefix: [0, 0] }],
    ['prefix', { prefix: [0, 0.5, 0] }],
    ['above', { above: [[4, 4], [], []] }],
    ['above', { above: [[2], [], []] }],
    ['above', { above: [[], []] }],
    ['agreed', { agreed: 'far' }],
    ['floor', { floor: [3, 0, 0] }],
    ['floor', { floor: undefined }],
    ['state', { state: [{ ...segment, kind: 'other' }] }],
    ['state', { state: [{ ...segment, to: 1_024 }] }],
    ['index', { index: null }],
    ['index', { index: [{ ...segment, from: 2, to: 1 }] }],
  ]
  for (const [field, change] of spoilt)
    it(`refuses one whose ${field} is none: ${JSON.stringify(change)}`, () => {
      expect(() => checkHead({ ...good, ...change }, 3)).to.throw(SnapshotError, `${field} should be`)
    })

  for (const data of [undefined, null, 7, []])
    it(`refuses what is no head: ${JSON.stringify(data)}`, () => {
      expect(() => checkHead(data, 3)).to.throw(SnapshotError)
    })

  it('refuses commits that no peer may send', () => {
    for (const wrong of [
      { ...commit, id: { ...commit.id, rank: 3 } },
      { ...commit, id: { ...commit.id, epoch: 2 } },
      { ...commit, dep: [0, 0] },
    ])
      expect(() => checkCommits([commit, wrong], 1, membership)).to.throw(SnapshotError, 'its commit of')
  })
})
