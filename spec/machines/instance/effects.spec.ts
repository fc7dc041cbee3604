import { expect } from 'chai'
import { createActor } from 'xstate'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { effects } from './support/effects.ts'
import { accept, commit, id, preAccept, recover, type Step } from './support/events.ts'

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
