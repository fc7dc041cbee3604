import { expect } from 'chai'
import fc from 'fast-check'
import { guards } from '../../../machines/instance/guards.ts'
import { instanceMachine } from '../../../machines/instance/machine.ts'
import { accept } from './support/events.ts'
import { expectGolden } from './support/golden.ts'
import { play } from './support/play.ts'
import { allLeaves, allStates, alwaysOf, around, events, metaOf, nameOf, rowOf } from './support/reactions.ts'
import { stateMessageTable } from './support/table.ts'

/** Guards that leave nothing over, in the order in which they are asked. */
const exhaustive: readonly (readonly (keyof typeof guards)[])[] = [
  ['mayAccept', 'isOutbid'],
  ['mayPromise', 'isPromised', 'isOutbid'],
]

describe('instance: every state and every event', () => {
  it('stand in the golden table', () => expectGolden('state-message-table.md', stateMessageTable()))

  it('an event is handled in each region, or meant to be dropped, for a reason', () => {
    for (const state of allLeaves)
      for (const event of events) {
        const { reactions, ignored } = rowOf(state, event)
        const asked = reactions.map(reaction => reaction.guard)
        const isHandled = asked.includes(undefined) || exhaustive.some(all => all.every(guard => asked.includes(guard)))
        if (isHandled) continue
        const where = `${event} in ${nameOf(state)}`
        expect(ignored, `${where} may be dropped, and no meta.ignores says why`).to.be.a('string')
        expect(ignored).not.to.equal('')
      }
  })

  it('no meta.ignores names an event that is always handled, or none at all', () => {
    for (const state of allStates) {
      const inside = allLeaves.filter(leaf => around(leaf).includes(state))
      for (const event of Object.keys(metaOf(state)?.ignores ?? {})) {
        const known = events.find(each => each === event)
        if (known === undefined) throw new Error(`${nameOf(state)} ignores ${event}, which is no event`)
        const isDropped = inside.some(leaf => rowOf(leaf, known).reactions.every(({ guard }) => guard !== undefined))
        expect(isDropped, `${nameOf(state)} says that it ignores ${event}, but always handles it`).to.equal(true)
      }
    }
  })

  it('the guards taken for exhaustive are', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (bal, promised) => {
        const { context } = play(3, 1)
        const scope = {
          context: { ...context, record: { ...context.record, bal: promised } },
          event: accept(0, bal)(3),
        }
        for (const all of exhaustive) expect(all.filter(guard => guards[guard](scope))).to.have.length(1)
      }),
    )
  })

  it('every state says which rules it stands for', () => {
    for (const state of allLeaves) expect(metaOf(state)?.rule, nameOf(state)).to.match(/^\d/)
  })

  it('the chart uses the events, guards and actions of its vocabulary, and all of them', () => {
    const used = { events: new Set<string>(), guards: new Set<string>(), actions: new Set<string>() }
    for (const state of allStates) {
      for (const event of state.transitions.keys()) used.events.add(event)
      for (const leaf of [...events.map(event => rowOf(state, event).reactions), alwaysOf(state)].flat()) {
        if (leaf.guard !== undefined) used.guards.add(leaf.guard)
        for (const action of leaf.actions) used.actions.add(action.split(' ')[0]!)
      }
    }
    expect([...used.events].sort()).to.eql([...events].sort())
    expect([...used.guards].sort()).to.eql(Object.keys(instanceMachine.implementations.guards).sort())
    expect([...used.actions].sort()).to.eql(Object.keys(instanceMachine.implementations.actions).sort())
  })
})
