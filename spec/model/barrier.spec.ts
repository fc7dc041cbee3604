import { expect } from 'chai'
import { broken, sound } from './broken.ts'
import { configurationNamed, settingOf } from './configuration.ts'
import { Replicas } from './replicas.ts'
import { lineOf, stateAfter } from './story.ts'
import type { Variant } from './variant.ts'
import { World } from './world.ts'

/** A configuration in which a story may be played, from its own start on. */
function worldOf(name: string, variant: Variant) {
  const configuration = configurationNamed(name)
  const world = new World(new Replicas(settingOf(configuration), variant))
  const stateOf = (...lines: readonly string[]) => stateAfter(world, [...(configuration.start ?? []), ...lines])
  const mayFollow = (...lines: readonly string[]) => {
    const state = stateOf(...lines)
    return world.actions(state).map(code => lineOf(world, code))
  }
  return { world, stateOf, mayFollow }
}

describe('model: the restart barrier', () => {
  it('is announced once it is executed, and raises D0 where what it stands for is decided (L6)', () => {
    const { mayFollow, stateOf, world } = worldOf('announced', sound)
    const isNop = ['A>B recover X', 'B>A recoverOk X', 'A>B accept X ballot 3 Nop', 'B>A acceptOk X']
    const raised = 'B submits Y, and has heard of the barrier of A'
    expect(mayFollow(), 'nothing is decided').to.include('B submits Y').and.not.include(raised)
    expect(mayFollow(...isNop), 'decided at A alone').not.to.include(raised)
    const heard = [...isNop, '>B commit X Nop']
    expect(mayFollow(...heard)).to.include.members(['B submits Y', raised])
    const before = stateOf(...heard, raised, 'B>A preAccept Y {X}')
    const last = world.actions(before).find(code => lineOf(world, code).startsWith('A>B preAcceptOk Y {X}'))!
    expect(world.after(before, last)?.step.rules, 'both say {X}').to.deep.equal(['3.3 fast'])
  })

  it('stays when all have executed what was forgotten: lifted then, it breaks Agreement (D1c)', () => {
    const nopEverywhere = ['>A commit X Nop', '>B commit X Nop', '>C commit X Nop', '>D commit X Nop']
    const validated = ['B>D validateOk Y', 'C>D validateOk Y']
    const nopOfY = ['D>B accept Y', 'D>C accept Y', 'B>D acceptOk Y', 'C>D acceptOk Y']
    const lift = 'E lifts its barrier'
    const story = [...validated, ...nopEverywhere, ...nopOfY]
    expect(worldOf('outlived', sound).mayFollow(...story)).not.to.include(lift)
    const { world, stateOf, mayFollow } = worldOf('outlived', broken['B21 D1c']!.variant)
    expect(mayFollow(...validated, ...nopEverywhere.slice(1)), 'A has not executed it').not.to.include(lift)
    const before = stateOf(...story, lift, 'A>E preAccept Y')
    const last = world.actions(before).find(code => lineOf(world, code).startsWith('E>A preAcceptOk Y {}'))!
    expect(world.after(before, last)?.violation).to.match(/^Agreement: Y is decided as Nop/)
  })
})
