import { expect } from 'chai'
import { OwnStore } from '../../../actors/records/own-store.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import type { OwnLife } from '../../../machines/protocol/store-lives.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { StoreError, type StoreErrorCode, type WriteBatch } from '../../../storage/store.ts'
import { outboxOf } from '../support/outbox.ts'

/** A store whose writes end as the spec says, and a clock whose timers run when it says so. */
function world() {
  const ends: (StoreErrorCode | undefined)[] = []
  const written: WriteBatch[] = []
  const timers: (() => void)[] = []
  const told: ReplicaEvent[] = []
  const begun: (Error | null)[] = []
  const state = { isHalted: false }
  const own = new OwnStore({
    store: {
      open: () => undefined,
      write(batch, done) {
        written.push(batch)
        const code = ends.shift()
        done(code === undefined ? null : new StoreError(code, `the disk says ${code}`))
      },
      close: done => done(),
    },
    clock: { now: () => 0, setTimeout: run => timers.push(run), clearTimeout: () => undefined },
    random: () => 0.5,
    outbox: outboxOf().outbox,
    retryMs: 100,
    isHalted: () => state.isHalted,
    log: event => told.push(event),
  })
  const disk = createMemoryDisk()
  disk.format({ cluster: 'c', member: 1, members: [1], epoch: 1, storeIdentity: 'a' })
  const begin = (life: OwnLife | undefined) => own.begin({ ...disk.contents()!, life }, error => begun.push(error))
  return { own, ends, written, timers, told, begun, state, begin }
}

describe('the life of the own store', () => {
  it('the first start begins the first one, and a start after one that was let in the next', () => {
    const first = world()
    first.begin(undefined)
    expect(first.begun).to.deep.equal([null])
    expect(first.written.map(({ life }) => life)).to.deep.equal([first.own.life])
    expect(first.own.life).to.include({ life: 1, isLetIn: false })
    const second = world()
    second.begin({ ...first.own.life, isLetIn: true })
    expect(second.own.life).to.include({ life: 2, isLetIn: false })
    expect(second.written).to.have.length(1)
  })

  it('a life that nobody has let in goes on, with nothing to write', () => {
    const { own, written, begun, begin } = world()
    begin({ life: 7, token: 'x', isLetIn: false })
    expect(own.life).to.deep.equal({ life: 7, token: 'x', isLetIn: false })
    expect([begun, written]).to.deep.equal([[null], []])
  })

  it('waits for room on a full disk, and says so once', () => {
    const { ends, timers, told, begun, begin } = world()
    ends.push('storeFull', 'storeFull')
    begin(undefined)
    expect(begun).to.deep.equal([])
    timers.shift()!()
    expect(begun).to.deep.equal([])
    timers.shift()!()
    expect(begun).to.deep.equal([null])
    expect(told.map(({ code }) => code)).to.deep.equal(['diskFull', 'roomAgain'])
  })

  it('a write that failed is told, and nothing is once the replica has ended', () => {
    const failing = world()
    failing.ends.push('storeFailed')
    failing.begin(undefined)
    expect(failing.begun.map(error => (error as StoreError).code)).to.deep.equal(['storeFailed'])
    const halted = world()
    halted.ends.push('storeFull')
    halted.begin(undefined)
    halted.state.isHalted = true
    halted.timers.shift()!()
    expect([halted.begun, halted.written.length]).to.deep.equal([[], 1])
  })
})
