import { expect } from 'chai'
import { createActor } from 'xstate'
import { type Effect, machineWithEffects } from '../../../machines/instance/effects.ts'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { type Circumstances, everybody, ranksIn } from '../../../machines/protocol/addressing.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { effects } from './support/effects.ts'
import { accept, commit, id, preAccept, preAcceptOk, recover, type Step, submit } from './support/events.ts'

/** What an actor without effects throws on an event. */
function failure(step: Step, provided: Parameters<typeof instanceMachine.provide>[0] = {}): string {
  const actor = createActor(instanceMachine.provide(provided), { input: { id, self: 1, quorums: quorumsOf(3) } })
  let found: unknown
  actor.subscribe({
    error: error => {
      found = error
    },
  })
  actor.start()
  actor.send(step(3))
  return String(found)
}

describe('instance: effects', () => {
  it('a forgotten effect throws at its first use, instead of losing a write or a message', () => {
    const writeRecord = () => {}
    for (const step of [preAccept(), accept(0, 0), commit(0), recover(2, 5)])
      expect(failure(step)).to.contain('the effect writeRecord has no body')
    expect(failure(preAccept(), { actions: { writeRecord } })).to.contain('the effect reply has no body')
    expect(failure(commit(0), { actions: { writeRecord } })).to.contain('the effect announceCommit has no body')
  })

  it('all of them are named in one place, and none has a body of its own', () => {
    for (const effect of effects) {
      const body = instanceMachine.implementations.actions[effect] as (() => void) | undefined
      expect(body, effect).to.throw(`the effect ${effect} has no body: give it one with instanceMachine.provide`)
    }
  })
})

/** What each event of a history makes the chart of rank `self` of three want done: one line an effect. */
function wanted(self: number, change: Partial<Circumstances>, ...history: readonly Step[]): string[][] {
  let lines: string[] = []
  const where: Circumstances = {
    self,
    n: 3,
    isReserved: () => false,
    awaitedForPreAccept: () => everybody,
    awaitedForAccept: () => everybody,
    mute: () => 0,
    heldBy: () => 0,
    ...change,
  }
  const machine = machineWithEffects(effect => lines.push(lineOf(effect)), where)
  const actor = createActor(machine, { input: { id, self, quorums: quorumsOf(3) } }).start()
  return history.map(step => {
    lines = []
    actor.send(step(3))
    return lines
  })
}

function lineOf(effect: Effect): string {
  switch (effect.type) {
    case 'write':
      return `write ${effect.record.phase}`
    case 'say':
      return `say ${effect.message.type} to ${ranksIn(effect.to, 3)} ${effect.when}`
    case 'toSelf':
      return `${effect.message.type} to self ${effect.when}`
    case 'committed':
      return `committed ${effect.path}`
    default:
      return effect.type
  }
}

describe('instance: effects as values', () => {
  it('a vote is written before it is said, and leaves once durable', () => {
    expect(wanted(1, {}, preAccept())).to.eql([['write preAccepted', 'say preAcceptOk to 0 durable']])
  })

  it('the simple rule: the own vote counts once durable, and so leaves the preAccept', () => {
    expect(wanted(0, {}, submit())).to.eql([
      ['write preAccepted', 'preAcceptOk to self durable', 'say preAccept to 1,2 durable'],
    ])
  })

  it('the faster rule: the own vote counts at once, and the preAccept leaves at once', () => {
    expect(wanted(0, { isReserved: () => true }, submit())).to.eql([
      ['write preAccepted', 'preAcceptOk to self now', 'say preAccept to 1,2 now'],
    ])
  })

  it('a commit is one value, which says by which path; a repeat of it is confirmed', () => {
    expect(wanted(0, {}, submit(), preAcceptOk(0), preAcceptOk(1), commit(1))).to.eql([
      ['write preAccepted', 'preAcceptOk to self durable', 'say preAccept to 1,2 durable'],
      [],
      ['write committed', 'committed fast'],
      ['confirmed'],
    ])
  })

  it('where replies differ, and more may come, the fast path is awaited', () => {
    const [, , differing] = wanted(0, {}, submit(), preAcceptOk(0), preAcceptOk(1, [0, 1, 0]))
    expect(differing).to.eql(['awaitFastPath'])
  })
})
