import { expect } from 'chai'
import { createDraw } from '../sim/world/random.ts'
import { own } from './actions.ts'
import { broken, sound } from './broken.ts'
import { configurationNamed, quick, settingOf } from './configuration.ts'
import { Exchange } from './exchange.ts'
import { Replicas } from './replicas.ts'
import { missing, reportOf } from './report.ts'
import { Search } from './search.ts'
import { lineOf, stateAfter } from './story.ts'
import { symmetriesOf } from './symmetry.ts'
import { World } from './world.ts'

const wholly = Number.POSITIVE_INFINITY

describe('model: the exploration', () => {
  it('finds nothing in the small configuration, and takes every rule that it must', function () {
    const search = new Search(quick, sound, true)
    search.explore(wholly)
    const findings = search.findings()
    expect(findings.violation).to.equal(undefined)
    expect(missing(quick, reportOf(findings, 0))).to.deep.equal([])
    expect(findings.states).to.be.above(10_000)
    this.test!.title += ` (${findings.states} states)`
  })

  it('says what is missing when it stops early', () => {
    const search = new Search(quick, sound, true)
    search.explore(100)
    expect(missing(quick, reportOf(search.findings(), 0)).join()).to.match(/4\.5\.1.*\d+ states/)
  })

  it('finds a duplicate that counts twice (B6), by a schedule that can be played', () => {
    const configuration = configurationNamed('five')
    const search = new Search(configuration, broken.B6!.variant, false)
    search.explore(wholly)
    const { violation } = search.findings()
    expect(violation?.what).to.match(/^Agreement: X/)
    const world = new World(new Replicas(settingOf(configuration), broken.B6!.variant))
    const before = stateAfter(world, violation!.schedule.slice(0, -1))
    const last = world.actions(before).filter(code => lineOf(world, code) === violation!.schedule.at(-1))
    expect(last.map(code => world.after(before, code)?.violation)).to.deep.equal([violation!.what])
  })

  it('does not find it with three replicas', () => {
    const search = new Search(quick, broken.B6!.variant, false)
    search.explore(wholly)
    expect(search.findings()).to.include({ violation: undefined, waiting: 0 })
  })

  it('finds a fast commit that is told before the flush with the own vote (D9), where a restart forgets a proposal', () => {
    const search = new Search(configurationNamed('forgetful'), broken.D9!.variant, false)
    search.explore(wholly)
    const { violation } = search.findings()
    expect(violation?.what).to.match(/^Agreement: X/)
    expect(violation?.schedule.join()).to.include('A restarts, and has forgotten X')
  })

  it('sees two conflicting commands that do not know each other', () => {
    const world = new World(new Replicas(settingOf({ ...quick, commands: [0, 0] }), sound))
    // Nobody can lead the rules there: the second command's record is forged, as committed without the first.
    const state = stateAfter(world, ['A submits X', 'A>B preAccept X', 'B>A preAcceptOk X'])
    const { post, setting } = world.replicas
    const forged = post.number(0, 1, { type: 'commit', id: setting.ids[1]!, cmd: setting.commands[1]!, dep: [0, 0, 0] })
    expect(world.after(state, forged)?.violation).to.match(/^visibility: neither of Y .* and X .* depends on the other/)
  })
})

describe('model: what is left out of a state', () => {
  for (const name of ['pair', 'twice', 'restart', 'crash'])
    it(`does nothing later, on random paths of ${name}`, function () {
      const world = new World(new Replicas(settingOf(configurationNamed(name)), sound))
      const { replicas } = world
      const draw = createDraw(`left out of ${name}`)
      let delivered = 0
      for (let path = 0; path < 60; path++) {
        let state = stateAfter(world, [])
        const leftOut = new Set<number>()
        for (let steps = 0; steps < 40; steps++) {
          const codes = world.actions(state)
          if (codes.length === 0) break
          const code = draw.pick(codes)
          const after = world.after(state, code)
          if (after === undefined) continue
          const there = new Set(after.state.subarray(world.header))
          for (const message of [...state.subarray(world.header), ...after.step.sent])
            if (!there.has(message)) leftOut.add(message)
          state = after.state
          for (const message of leftOut) {
            const { to } = replicas.post.posted(message)
            if (!replicas.replica(state[to]!).isUp) continue
            const step = replicas.step(state[to]!, message)
            expect(step.replica, lineOf(world, message)).to.equal(state[to])
            for (const sent of step.sent)
              expect(
                there.has(sent) || !replicas.matters(state[replicas.post.posted(sent).to]!, sent),
                `${lineOf(world, message)} leads to ${lineOf(world, sent)}`,
              ).to.equal(true)
            delivered++
          }
        }
      }
      this.test!.title += ` (${delivered} deliveries)`
      expect(delivered).to.be.above(1_000)
    })
})

describe('model: the symmetry', () => {
  const pair = configurationNamed('pair')

  it('keeps what ballots are compared by', () => {
    expect(symmetriesOf(pair)).to.deep.equal([
      [0, 1, 2],
      [1, 0, 2],
    ])
    const often = { ...pair, recoveries: [2, 2] }
    expect(symmetriesOf(often), 'A and B in one round: B wins, and would not in the mirror').to.have.length(1)
    const byOne = { ...often, recoverers: [[2], [2]] }
    expect(symmetriesOf(byOne)).to.have.length(2)
  })

  it('goes through every step: the mirror of what comes after is what comes after in the mirror', () => {
    const world = new World(new Replicas(settingOf(pair), sound))
    const exchange = new Exchange(world.replicas, [1, 0, 2])
    const draw = createDraw('mirror')
    let compared = 0
    for (let path = 0; path < 100; path++) {
      let state = stateAfter(world, [])
      for (let steps = 0; steps < 40; steps++) {
        const codes = world.actions(state)
        if (codes.length === 0) break
        const code = draw.pick(codes)
        const mirrored = world.after(exchange.state(state), exchange.action(code))
        const after = world.after(state, code)
        expect(mirrored?.state).to.deep.equal(after && exchange.state(after.state))
        compared++
        if (after !== undefined) state = after.state
      }
    }
    expect(compared).to.be.above(3_000)
  })

  it('moves an action with its replica and its command', () => {
    const exchange = new Exchange(new Replicas(settingOf(pair), sound), [1, 0, 2])
    expect(exchange.action(own('submit', 0, 0))).to.equal(own('submit', 1, 1))
    expect(exchange.action(own('crash', 2))).to.equal(own('crash', 2))
  })
})
