import { expect } from 'chai'
import {
  broadcast,
  type Circumstances,
  everybody,
  othersThan,
  rankSet,
  ranksIn,
  reply,
  type Say,
  sendTo,
  type ToSelf,
  tellCommit,
} from '../../../machines/protocol/addressing.ts'
import { type Command, NOP } from '../../../machines/protocol/commands.ts'
import type { InstanceMessage } from '../../../machines/protocol/messages.ts'

const id = { epoch: 1, rank: 1, index: 7 }
const dep = [0, 0, 0, 0, 0]
const cmd: Command = { footprint: { reads: [], writes: ['x'] }, payloads: [new Uint8Array([1])] }

/** Rank 1 of five, under the simple rule, everybody awaited, nobody known to hold anything. */
const where = (change: Partial<Circumstances> = {}): Circumstances => ({
  self: 1,
  n: 5,
  isReserved: () => false,
  awaitedForPreAccept: () => everybody,
  awaitedForAccept: () => everybody,
  mute: () => 0,
  heldBy: () => 0,
  ...change,
})

const preAccept: InstanceMessage = { type: 'preAccept', id, cmd, dep }
const preAcceptOk: InstanceMessage = { type: 'preAcceptOk', id, dep }
const accept: InstanceMessage = { type: 'accept', id, bal: 0, cmd, dep }
const commit: InstanceMessage = { type: 'commit', id, cmd, dep }

/** `0,2 accept durable`, with what is left out or marked. */
function lineOf(spoken: Say | ToSelf): string {
  const { message, when } = spoken
  const short = 'cmd' in message && message.cmd === undefined ? ' short' : ''
  const marked = 'unhurried' in message && message.unhurried ? ' unhurried' : ''
  const what = `${message.type}${short}${marked} ${when}`
  if (spoken.type === 'toSelf') return `self ${what}`
  return `${ranksIn(spoken.to, 5)} ${what}${spoken.isHurried ? '' : ' rides'}`
}
const linesOf = (all: readonly (Say | ToSelf)[]) => all.map(lineOf)

describe('addressing: sets of ranks', () => {
  it('hold the ranks that they were made of', () => {
    expect(ranksIn(rankSet([4, 0]), 5)).to.eql([0, 4])
    expect(ranksIn(othersThan(1, 5), 5)).to.eql([0, 2, 3, 4])
    expect(ranksIn(everybody, 3)).to.eql([0, 1, 2])
  })
})

describe('addressing: replies', () => {
  it('leave once durable, and ride where whoever asked does not wait', () => {
    expect(lineOf(reply(0, preAcceptOk, false, where()))).to.equal('0 preAcceptOk durable')
    expect(lineOf(reply(0, preAcceptOk, true, where()))).to.equal('0 preAcceptOk durable rides')
  })

  it('section 6: an own vote counts once durable by the simple rule, and at once where its index is reserved', () => {
    const reserved = where({ isReserved: index => index <= 7 })
    expect(lineOf(reply(1, preAcceptOk, false, where()))).to.equal('self preAcceptOk durable')
    expect(lineOf(reply(1, preAcceptOk, false, reserved))).to.equal('self preAcceptOk now')
    const later: InstanceMessage = { ...preAcceptOk, id: { ...id, index: 8 } }
    expect(lineOf(reply(1, later, false, reserved))).to.equal('self preAcceptOk durable')
    expect(lineOf(reply(1, { type: 'acceptOk', id, bal: 0 }, false, reserved))).to.equal('self acceptOk durable')
  })
})

describe('addressing: requests to all others', () => {
  it('a preAccept leaves once durable, and at once where its index is reserved', () => {
    expect(linesOf(broadcast(preAccept, where()))).to.eql(['0,2,3,4 preAccept durable'])
    expect(linesOf(broadcast(preAccept, where({ isReserved: () => true })))).to.eql(['0,2,3,4 preAccept now'])
  })

  it('a preAccept goes at once to those too whose votes are not awaited: it must lie before the commit', () => {
    const near = where({ awaitedForPreAccept: () => rankSet([2, 3]) })
    expect(linesOf(broadcast(preAccept, near))).to.eql(['2,3 preAccept durable', '0,4 preAccept unhurried durable'])
  })

  it('an accept at ballot 0 goes without the payload to those who hold it, and rides to those who are not awaited', () => {
    const some = where({ awaitedForAccept: () => rankSet([2, 3]), heldBy: () => rankSet([0, 2]) })
    expect(linesOf(broadcast(accept, some))).to.eql([
      '2 accept short durable',
      '0 accept short unhurried durable rides',
      '3 accept durable',
      '4 accept unhurried durable rides',
    ])
  })

  it('an accept of a recovery, and a recover, are awaited of all', () => {
    const some = where({ awaitedForAccept: () => rankSet([2]), heldBy: () => rankSet([0]) })
    expect(linesOf(broadcast({ ...accept, bal: 6 } as InstanceMessage, some))).to.eql([
      '0 accept short durable',
      '2,3,4 accept durable',
    ])
    expect(linesOf(broadcast({ type: 'recover', id, bal: 6 }, some))).to.eql(['0,2,3,4 recover durable'])
  })

  it('a Nop is always sent whole', () => {
    const all = where({ heldBy: () => everybody })
    expect(linesOf(broadcast({ ...accept, cmd: NOP } as InstanceMessage, all))).to.eql(['0,2,3,4 accept durable'])
    expect(linesOf(tellCommit({ ...commit, cmd: NOP } as InstanceMessage, true, all))).to.eql(['0,2,3,4 commit now'])
  })
})

describe('addressing: some replicas, and oneself', () => {
  it('3.1: a request to oneself is taken at once, after the others are asked', () => {
    const waiting: InstanceMessage = { type: 'waiting', id, k: 2 }
    expect(linesOf(sendTo([0, 2, 1], waiting, where()))).to.eql(['0,2 waiting durable', 'self waiting now'])
    expect(linesOf(sendTo([1], waiting, where()))).to.eql(['self waiting now'])
    expect(linesOf(sendTo([], waiting, where()))).to.eql([])
  })
})

describe('addressing: commits', () => {
  it('need no flush once they may be told; short for those who hold the payload; riding where nobody waits', () => {
    const some = where({ heldBy: () => rankSet([0, 4]) })
    expect(linesOf(tellCommit(commit, true, some))).to.eql(['0,4 commit short now', '2,3 commit now'])
    expect(linesOf(tellCommit(commit, false, where()))).to.eql(['0,2,3,4 commit now rides'])
  })
})
