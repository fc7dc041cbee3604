import { expect } from 'chai'
import { checkSnapshotCommits, checkSnapshotHead } from '../../../actors/state/check-snapshot.ts'
import { SnapshotError } from '../../../actors/state/snapshot-error.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'

const none = [0, 0, 0]
const good = {
  commands: 0,
  agreed: none,
  floor: none,
  prefix: [2, 0, 0],
  above: [[4, 6], [], []],
  state: [],
  index: [],
}
const membership = createMembership([1, 2, 3])
const commit = { type: 'commit', id: { epoch: 1, rank: 0, index: 1 }, cmd: NOP, dep: [0, 0, 0] } as const

describe('the check of a snapshot of a donor', () => {
  it('lets a snapshot through', () => {
    checkSnapshotHead(good, 3)
    checkSnapshotCommits([commit], 1, membership)
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
    ['index', { index: null }],
  ]
  for (const [field, change] of spoilt)
    it(`refuses one whose ${field} is none: ${JSON.stringify(change)}`, () => {
      expect(() => checkSnapshotHead({ ...good, ...change }, 3)).to.throw(SnapshotError, `${field} should be`)
    })

  for (const data of [undefined, null, 7, []])
    it(`refuses what is no snapshot: ${JSON.stringify(data)}`, () => {
      expect(() => checkSnapshotHead(data, 3)).to.throw(SnapshotError)
    })

  it('refuses commits that no peer may send', () => {
    for (const wrong of [
      { ...commit, id: { ...commit.id, rank: 3 } },
      { ...commit, id: { ...commit.id, epoch: 2 } },
      { ...commit, dep: [0, 0] },
    ])
      expect(() => checkSnapshotCommits([commit, wrong], 1, membership)).to.throw(SnapshotError, 'its commit of')
  })
})
