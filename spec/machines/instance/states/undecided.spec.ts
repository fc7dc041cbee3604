import { expect } from 'chai'
import { NOP } from '../../../../machines/protocol/commands.ts'
import {
  accept,
  anotherCmd,
  cmd,
  commit,
  preAccept,
  preAccepted,
  preAcceptOk,
  recover,
  recoverOk,
  startRecovery,
  submit,
  validateOk,
} from '../support/events.ts'
import { play } from '../support/play.ts'

describe('undecided', () => {
  it('begins with no vote and nothing to drive', () => {
    expect(play(3, 1).state).to.equal('initial following')
  })

  it('3.6: takes a commit, whatever it has voted', () => {
    const histories = [
      [],
      [preAccept({ dep: [0, 3, 0] })],
      [accept(0, 0)],
      [recover(2, 5)],
      [recover(2, 5), accept(2, 5, NOP)],
    ]
    for (const history of histories) {
      const played = play(3, 1, ...history, commit(0, anotherCmd, [0, 1, 2]))
      expect(played.state).to.equal('committed')
      expect(played.last).to.eql(['writeRecord', 'announceCommit told'])
      expect(played.record).to.deep.include({ phase: 'committed', cmd: anotherCmd, dep: [0, 1, 2] })
    }
  })

  it('3.6: from anyone, and it leaves ballots, initCmd and initDep as they were', () => {
    const { record } = play(3, 1, preAccept({ dep: [0, 3, 0] }), recover(2, 5), commit(2, NOP))
    expect(record).to.eql({
      phase: 'committed',
      bal: 5,
      abal: 0,
      cmd: NOP,
      initCmd: cmd,
      dep: [0, 0, 0],
      initDep: [0, 3, 0],
    })
  })

  it('3.6: a commit ends whatever is being driven', () => {
    const coordinator = [[submit()], [submit(), preAcceptOk(0), preAcceptOk(1, [0, 0, 1]), preAcceptOk(2, [0, 0, 1])]]
    for (const history of coordinator) {
      const played = play(3, 0, ...history, commit(2))
      expect(played.state).to.equal('committed')
      expect(played.context.attempt).to.equal(undefined)
    }
    const recovering = [startRecovery]
    const validating = [startRecovery, recoverOk(1, 4, preAccepted), recoverOk(2, 4)]
    const waiting = [...validating, validateOk(1, 4, { epoch: 1, rank: 2, index: 1 }), validateOk(2, 4)]
    for (const [history, state] of [
      [recovering, 'initial recovering'],
      [validating, 'initial validating'],
      [waiting, 'initial waiting'],
    ] as const) {
      expect(play(3, 1, ...history).state).to.equal(state)
      const played = play(3, 1, ...history, commit(2))
      expect(played.state).to.equal('committed')
      expect(played.last).to.eql(['writeRecord', 'announceCommit told'])
      expect(played.context.attempt).to.equal(undefined)
    }
  })
})
