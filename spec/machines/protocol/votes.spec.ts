import { expect } from 'chai'
import { NOP } from '../../../machines/protocol/commands.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import { initialRecord, payloadOf, type Record } from '../../../machines/protocol/record.ts'
import {
  adoptCandidate,
  assertSameCommit,
  learnCommit,
  promise,
  sameCommand,
  voteAccept,
  votePreAccept,
} from '../../../machines/protocol/votes.ts'
import { idOf, payload } from './support/replies.ts'

const id = idOf(0)
const blank = Object.freeze(initialRecord(3))
const another = { ...payload, payloads: [new Uint8Array([99])] }

describe('votes', () => {
  it('make a new record, and leave the old one as it was', () => {
    const before = JSON.stringify(blank)
    votePreAccept(id, blank, payload, [1, 0, 0], [0, 1, 0])
    voteAccept(blank, 4, payload, [1, 0, 0])
    promise(blank, 4)
    adoptCandidate(blank, payload, [1, 0, 0])
    learnCommit(blank, payload, [1, 0, 0])
    expect(JSON.stringify(blank)).to.equal(before)
  })

  it('3.2: dep is D0 united with what conflicts; initDep is D0; no ballot moves', () => {
    expect(votePreAccept(id, blank, payload, [8, 2, 0], [9, 1, 3])).to.eql({
      phase: 'preAccepted',
      bal: 0,
      abal: 0,
      cmd: payload,
      initCmd: payload,
      dep: [8, 2, 3],
      initDep: [8, 2, 0],
    })
  })

  it('3.4: both ballots, the value, its dep; a Nop’s dep is zero', () => {
    const voted = votePreAccept(id, blank, payload, [8, 0, 0], [0, 0, 0])
    expect(voteAccept(voted, 4, another, [0, 1, 0])).to.eql({
      ...voted,
      phase: 'accepted',
      bal: 4,
      abal: 4,
      cmd: another,
      dep: [0, 1, 0],
    })
    expect(voteAccept(voted, 4, NOP, [0, 1, 0])).to.deep.include({ cmd: NOP, dep: [0, 0, 0], initCmd: payload })
  })

  it('keep one object for one payload, however often it comes', () => {
    const again = () => ({ ...payload, payloads: payload.payloads.map(each => each.slice()) })
    const voted = votePreAccept(id, blank, payload, [0, 0, 0], [0, 0, 0])
    expect(voteAccept(voted, 4, again(), [0, 1, 0]).cmd).to.equal(payload)
    expect(learnCommit(voted, again(), [0, 1, 0]).cmd).to.equal(payload)
    expect(learnCommit(voted, another, [0, 1, 0]).cmd).to.equal(another)
  })

  it('4.2: bal alone', () => expect(promise(blank, 5)).to.eql({ ...blank, bal: 5 }))

  it('4.4: cmd, initCmd and initDep alone', () => {
    const voted = promise(votePreAccept(id, blank, payload, [0, 0, 0], [0, 2, 0]), 5)
    expect(adoptCandidate(voted, payload, [0, 1, 0])).to.eql({ ...voted, initDep: [0, 1, 0] })
  })

  it('3.6: phase, cmd and dep alone', () => {
    const voted = promise(votePreAccept(id, blank, payload, [0, 1, 0], [0, 2, 0]), 5)
    expect(learnCommit(voted, NOP, [0, 0, 0])).to.eql({ ...voted, phase: 'committed', cmd: NOP, dep: [0, 0, 0] })
  })

  it('3.6: a later commit must be equal (B4)', () => {
    const record: Record = learnCommit(blank, payload, [0, 1, 0])
    const check = (value: typeof payload | typeof NOP, dep: number[]) => () =>
      assertSameCommit(record, value, dep, () => 'A.9')
    expect(check({ ...payload, payloads: [payload.payloads[0]!.slice()] }, [0, 1, 0])).not.to.throw()
    expect(check(payload, [0, 2, 0])).to.throw(InvariantError, 'A.9 is committed with dependencies 0,1,0')
    expect(check(another, [0, 1, 0])).to.throw(InvariantError)
    expect(check(NOP, [0, 1, 0])).to.throw(InvariantError)
  })

  it('B20: commands are the same when their payloads are, byte by byte', () => {
    const two = { ...payload, payloads: [new Uint8Array([1]), new Uint8Array([2])] }
    expect(sameCommand(payload, { ...payload, payloads: [new Uint8Array([1])] })).to.equal(true)
    expect(sameCommand(payload, another)).to.equal(false)
    expect(sameCommand(payload, two)).to.equal(false)
    expect(sameCommand(payload, { ...payload, payloads: [new Uint8Array([1, 0])] })).to.equal(false)
  })
})

describe('record', () => {
  it('of an instance never heard of: phase initial, ballots 0, nothing known', () => {
    expect(initialRecord(3)).to.eql({
      phase: 'initial',
      bal: 0,
      abal: 0,
      cmd: undefined,
      initCmd: undefined,
      dep: [0, 0, 0],
      initDep: [0, 0, 0],
    })
  })

  it('2: the payload is known by initCmd, or by a cmd that is not Nop', () => {
    expect(payloadOf(blank)).to.equal(undefined)
    expect(payloadOf({ ...blank, cmd: payload })).to.equal(payload)
    expect(payloadOf({ ...blank, cmd: NOP })).to.equal(undefined)
    expect(payloadOf({ ...blank, cmd: NOP, initCmd: payload })).to.equal(payload)
  })
})
