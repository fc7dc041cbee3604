import { expect } from 'chai'
import { createActor } from 'xstate'
import { type InstanceSnapshot, instanceMachine } from '../../../machines/instance/machine.ts'
import { NOP } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import { initialRecord, type Record } from '../../../machines/protocol/record.ts'
import { silentEffects } from '../../machines/instance/support/effects.ts'
import { Violation } from '../violation.ts'
import { Applications } from './applications.ts'
import { ChartSteps } from './chart.ts'
import { Chatter } from './chatter.ts'
import { Decisions } from './decisions.ts'
import { Promises } from './promises.ts'

const id = (rank: number, index: number) => ({ epoch: 1, rank, index })
const writes = (...keys: string[]) => ({ footprint: { reads: [], writes: keys }, payloads: [new Uint8Array([1])] })
const reads = (...keys: string[]) => ({ footprint: { reads: keys, writes: [] }, payloads: [new Uint8Array([2])] })
const all = { footprint: { reads: 'all' as const, writes: [] }, payloads: [new Uint8Array([3])] }

const finds = (property: string, run: () => void) => expect(run).to.throw(Violation).with.property('property', property)

describe('checks of the simulated world', () => {
  describe('decisions', () => {
    it('hold each instance to one command and one dependency set', () => {
      const decisions = new Decisions()
      decisions.decided(id(0, 1), writes('k'), [0, 2, 0], 'A')
      decisions.decided(id(0, 1), writes('k'), [0, 2, 0], 'B')
      finds('agreement', () => decisions.decided(id(0, 1), writes('k'), [0, 3, 0], 'C'))
      finds('agreement', () => decisions.decided(id(0, 1), NOP, [0, 0, 0], 'C'))
    })

    it('ask of two that conflict that one sees the other, whichever is decided first', () => {
      for (const order of [0, 1]) {
        const [first, second] = order === 0 ? [0, 1] : [1, 0]
        const good = new Decisions()
        good.decided(id(first!, 1), writes('k'), first === 0 ? [0, 0, 0] : [1, 0, 0], 'A')
        good.decided(id(second!, 1), writes('k'), second === 0 ? [0, 0, 0] : [1, 0, 0], 'A')
        const bad = new Decisions()
        bad.decided(id(first!, 1), writes('k'), [0, 0, 0], 'A')
        finds('visibility', () => bad.decided(id(second!, 1), writes('k'), [0, 0, 0], 'A'))
      }
    })

    it('look behind newer ones of the same row, and at readers of everything', () => {
      const decisions = new Decisions()
      decisions.decided(id(0, 1), writes('k'), [0, 0, 0], 'A')
      decisions.decided(id(0, 3), writes('k'), [2, 1, 0], 'A')
      finds('visibility', () => decisions.decided(id(1, 1), writes('k'), [0, 0, 0], 'A'))
      finds('visibility', () => decisions.decided(id(2, 1), all, [1, 1, 0], 'A'))
    })

    it('let reads, Nops and other keys pass', () => {
      const decisions = new Decisions()
      decisions.decided(id(0, 1), reads('k'), [0, 0, 0], 'A')
      decisions.decided(id(1, 1), reads('k'), [0, 0, 0], 'A')
      decisions.decided(id(2, 1), writes('other'), [0, 0, 0], 'A')
      decisions.decided(id(2, 2), NOP, [0, 0, 0], 'A')
      expect(decisions.count).to.equal(4)
    })
  })

  describe('applications', () => {
    it('hold a key to one order', () => {
      const applications = new Applications()
      applications.executed('A', 'a', [{ key: 'k', version: 1, isWrite: true }])
      applications.executed('B', 'a', [{ key: 'k', version: 1, isWrite: true }])
      finds('execution order', () => applications.executed('B', 'b', [{ key: 'k', version: 1, isWrite: true }]))
    })

    it('hold a command to one place', () => {
      const applications = new Applications()
      applications.executed('A', 'a', [{ key: 'k', version: 1, isWrite: true }])
      finds('exactly once', () => applications.executed('A', 'a', [{ key: 'k', version: 2, isWrite: true }]))
      applications.executed('A', 'w', [
        { key: 'j', version: 1, isWrite: false },
        { key: 'l', version: 1, isWrite: true },
      ])
      finds('exactly once', () =>
        applications.executed('B', 'w', [
          { key: 'j', version: 2, isWrite: false },
          { key: 'l', version: 1, isWrite: true },
        ]),
      )
      applications.executed('A', 'r', [{ key: 'k', version: 1, isWrite: false }])
      applications.executed('B', 'r', [{ key: 'k', version: 2, isWrite: false }])
    })
  })

  it('applications: tell whether a state has all that an acknowledged command wrote', () => {
    const applications = new Applications()
    applications.executed('A', 'a', [{ key: 'k', version: 3, isWrite: true }])
    expect(applications.isKept('a', () => 3)).to.equal(true)
    expect(applications.isKept('a', () => 2)).to.equal(false)
    expect(
      applications.isKept('b', () => 9),
      'never executed',
    ).to.equal(false)
  })

  it('promises: what was said before a crash is on the disk after it', () => {
    const onDisk = (record: Partial<Record>) => [{ id: id(0, 1), record: { ...initialRecord(3), ...record } }]
    const promises = new Promises()
    const none = [0, 0, 0]
    promises.sent({ type: 'recover', id: id(0, 1), bal: 4 })
    promises.reopened('A', onDisk({ bal: 4 }), none, 0)
    promises.reopened('A', onDisk({ phase: 'committed' }), none, 0)
    finds('durability', () => promises.reopened('A', onDisk({ bal: 3 }), none, 0))
    finds('durability', () => promises.reopened('A', [], none, 0))
    promises.sent({ type: 'preAcceptOk', id: id(0, 1), dep: [0, 2, 0] })
    promises.reopened('A', onDisk({ bal: 4, phase: 'preAccepted', dep: [0, 2, 0] }), none, 0)
    finds('durability', () => promises.reopened('A', onDisk({ bal: 4 }), none, 0))
    finds('durability', () => promises.reopened('A', onDisk({ bal: 4, phase: 'preAccepted', dep: [0, 1, 0] }), none, 0))
    promises.sent({ type: 'acceptOk', id: id(0, 1), bal: 4 })
    promises.reopened('A', onDisk({ bal: 5, abal: 4, phase: 'accepted' }), none, 0)
    finds('durability', () =>
      promises.reopened('A', onDisk({ bal: 5, abal: 0, phase: 'preAccepted', dep: [0, 2, 0] }), none, 0),
    )
    promises.reopened('A', [], [1, 0, 0], 0)
    promises.reopened('A', [], none, 0)
  })

  it('promises: under the faster rule a reserved index may be told and forgotten, and nothing that was voted', () => {
    const promises = new Promises()
    const none = [0, 0, 0]
    const propose = () => promises.sent({ type: 'preAccept', id: id(0, 2), cmd: writes('k'), dep: none })
    propose()
    finds('durability', () => promises.reopened('A', [], none, 1))
    expect(promises.reopened('A', [], none, 2)).to.equal(1)
    expect(promises.reopened('A', [], none, 2), 'it was told once').to.equal(0)
    propose()
    promises.sent({ type: 'commit', id: id(0, 2), cmd: writes('k'), dep: none })
    finds('durability', () => promises.reopened('A', [], none, 2))
  })

  it('chatter: tells of which instance most was said, and for how long', () => {
    const chatter = new Chatter()
    for (const at of [10, 20, 40]) chatter.said({ type: 'acceptOk', id: id(1, 7), bal: 0 }, at)
    chatter.said({ type: 'acceptOk', id: id(1, 8), bal: 0 }, 50)
    expect(chatter.most(30)).to.deep.equal({ name: 'B.7', count: 3, overMs: 30, rate: 1.5 })
    for (const at of [60, 61]) chatter.said({ type: 'acceptOk', id: id(1, 9), bal: 0 }, at)
    expect(chatter.most(30).name, 'a short storm is not hidden by a long talk').to.equal('B.9')
  })

  describe('chart', () => {
    const { quorums } = createMembership([1, 2, 3])
    /** Snapshots of an instance of another replica before and after its preAccept, as the chart itself makes them. */
    const preAccepted = (): { before: InstanceSnapshot; after: InstanceSnapshot } => {
      const actor = createActor(instanceMachine.provide({ actions: silentEffects }), {
        input: { id: id(0, 1), self: 1, quorums },
      }).start()
      const before = actor.getSnapshot()
      const message = { type: 'preAccept', id: id(0, 1), cmd: writes('k'), dep: [0, 0, 0] } as const
      actor.send({ type: 'preAccept', from: 0, message, conflicting: [0, 0, 0] })
      return { before, after: actor.getSnapshot() }
    }

    it('takes what the chart does', () => {
      const { before, after } = preAccepted()
      new ChartSteps('B').stepped(id(0, 1), 'preAccept', before, after)
    })

    it('finds a step that is no edge', () => {
      const { before, after } = preAccepted()
      finds('statechart', () => new ChartSteps('B').stepped(id(0, 1), 'acceptOk', before, after))
      finds('statechart', () => new ChartSteps('B').stepped(id(0, 1), 'resend', after, before))
    })

    it('finds a state that its record does not bear out, and one that went back', () => {
      const { before, after } = preAccepted()
      const lost = { ...after, context: { ...after.context, record: initialRecord(3) } } as InstanceSnapshot
      finds('statechart', () => new ChartSteps('B').stepped(id(0, 1), 'preAccept', before, lost))
      const steps = new ChartSteps('B')
      steps.stepped(id(0, 1), 'preAccept', before, after)
      finds('statechart', () => steps.stepped(id(0, 1), 'preAccept', before, { ...after } as InstanceSnapshot))
    })
  })
})
