import { expect } from 'chai'
import { inadmissible, type RejectionCode } from '../../../machines/protocol/admission.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../../machines/protocol/messages.ts'
import { payload } from './support/replies.ts'

const membership = createMembership([10, 20, 30])
const id = { epoch: 1, rank: 0, index: 1 }
const dep = [0, 0, 0]

const preAccept: InstanceMessage = { type: 'preAccept', id, cmd: payload, dep }
const accept = (bal: number): InstanceMessage => ({ type: 'accept', id, bal, cmd: NOP, dep })
const recover = (bal: number): InstanceMessage => ({ type: 'recover', id, bal })
const validate = (bal: number): InstanceMessage => ({ type: 'validate', id, bal, cmd: payload, dep })
const recoverOk = (own: number[], initDep: number[]): InstanceMessage => ({
  type: 'recoverOk',
  id,
  bal: 4,
  abal: 0,
  cmd: undefined,
  dep: own,
  initDep,
  phase: 'initial',
})
const validateOk = (epoch: number, rank: number, index: number): InstanceMessage => ({
  type: 'validateOk',
  id,
  bal: 4,
  invalidating: [{ id: { epoch, rank, index }, committed: false }],
})

describe('admission', () => {
  const admitted: readonly (readonly [string, InstanceMessage, number])[] = [
    ['a preAccept of the initial coordinator', preAccept, 0],
    ['an accept at ballot 0 of the initial coordinator', accept(0), 0],
    ['an accept of its ballot’s owner', accept(5), 2],
    ['a recover of its ballot’s owner', recover(4), 1],
    ['a validate of its ballot’s owner', validate(4), 1],
    ['a commit, from anyone', { type: 'commit', id, cmd: NOP, dep }, 2],
    ['a reply, whatever its ballot', { type: 'acceptOk', id, bal: 7 }, 2],
    ['a recoverOk', recoverOk(dep, dep), 2],
    ['a validateOk', validateOk(1, 2, 1), 2],
    ['a tryRecover, from anyone', { type: 'tryRecover', id }, 2],
    ['a waiting, from anyone', { type: 'waiting', id, k: 1 }, 2],
  ]
  for (const [name, message, from] of admitted)
    it(`lets in ${name}`, () => expect(inadmissible(message, from, membership)).to.equal(undefined))

  const refused: readonly (readonly [string, InstanceMessage, number, RejectionCode, string])[] = [
    ['another epoch', { ...preAccept, id: { ...id, epoch: 2 } }, 0, 'otherEpoch', 'epoch 2, not 1'],
    ['a rank that there is not', { ...preAccept, id: { ...id, rank: 3 } }, 0, 'noInstance', 'no instance 3.1'],
    ['index 0', { ...preAccept, id: { ...id, index: 0 } }, 0, 'noInstance', 'no instance 0.0'],
    [
      'a vector of another length',
      { ...preAccept, dep: [0, 0] },
      0,
      'vectorLength',
      'dependencies of 2 replicas, not 3',
    ],
    [
      'a commit with such a vector',
      { type: 'commit', id, cmd: NOP, dep: [0] },
      1,
      'vectorLength',
      'dependencies of 1 replicas',
    ],
    ["another's preAccept", preAccept, 1, 'notOwner', 'initial coordinator alone'],
    ["another's accept at ballot 0", accept(0), 1, 'notOwner', "ballot 0 is not the sender's"],
    ['an accept at a ballot of another', accept(5), 1, 'notOwner', "ballot 5 is not the sender's"],
    ['a recover at a ballot of another', recover(4), 2, 'notOwner', "ballot 4 is not the sender's"],
    ['a validate at a ballot of another', validate(4), 0, 'notOwner', "ballot 4 is not the sender's"],
    ['an accept at a ballot that nobody owns', accept(2), 2, 'noBallot', 'no ballot 2'],
    ['a recover at a ballot that nobody owns', recover(1), 1, 'noBallot', 'no ballot 1'],
    [
      'a vote without a command',
      { ...recoverOk(dep, dep), phase: 'accepted' } as InstanceMessage,
      2,
      'noCommand',
      'accepted without',
    ],
    [
      'a decision without one',
      { ...recoverOk(dep, dep), phase: 'committed' } as InstanceMessage,
      2,
      'noCommand',
      'committed without',
    ],
    ['a recover at ballot 0', recover(0), 0, 'ballotZero', 'recover at ballot 0'],
    ['a validate at ballot 0', validate(0), 0, 'ballotZero', 'validate at ballot 0'],
    ['a recoverOk with a bad dep', recoverOk([0, 0], dep), 2, 'vectorLength', 'dependencies of 2 replicas'],
    ['a recoverOk with a bad initDep', recoverOk(dep, [0, 0, 0, 0]), 2, 'vectorLength', 'dependencies of 4 replicas'],
    ['a validateOk that names another epoch', validateOk(2, 1, 1), 2, 'noInstance', 'cannot be'],
    ['a validateOk that names no rank', validateOk(1, 3, 1), 2, 'noInstance', 'cannot be'],
    ['a validateOk that names index 0', validateOk(1, 1, 0), 2, 'noInstance', 'cannot be'],
  ]
  for (const [name, message, from, code, text] of refused)
    it(`keeps out ${name}`, () => {
      const why = inadmissible(message, from, membership)
      expect(why?.code).to.equal(code)
      expect(why?.text).to.contain(text)
    })
})
