import { expect } from 'chai'
import type { InstanceMessage } from '../../../machines/protocol/messages.ts'
import { idOf, ledgerOf, write } from '../support/ledger.ts'
import { outboxOf } from '../support/outbox.ts'

const id = idOf(1, 1)
const acceptOk = (bal: number): InstanceMessage => ({ type: 'acceptOk', id, bal })
const lived = { life: 1, token: 'a', tookPart: false }

/** Each flush takes one record. */
function setUp() {
  const { ledger } = ledgerOf(3)
  const world = outboxOf({ flushBytesMax: 1 })
  return { ...world, change: (index: number, bal: number) => world.write(write(ledger, idOf(1, index), { bal })) }
}

describe('outbox: a flush has a limit in bytes', () => {
  it('the oldest records go first, and a message leaves after the flush that has the last of its turn', () => {
    const { outbox, change, turn, durable, written } = setUp()
    turn(() => {
      change(1, 4)
      change(2, 5)
      outbox.say(1, acceptOk(4))
    })
    turn(() => {
      change(3, 6)
      outbox.say(2, acceptOk(6))
    })
    expect(durable()).to.eql(['flushed', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 2: acceptOk 6'])
    expect(written()).to.eql(['1.1', '1.2', '1.3'])
    expect(outbox.isClean).to.equal(true)
  })

  it('a record that changes while it waits keeps its place, and is written once', () => {
    const { outbox, change, turn, durable, written } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    turn(() => {
      change(2, 4)
      change(3, 4)
      change(2, 5)
      outbox.say(1, acceptOk(5))
    })
    durable()
    expect(durable()).to.eql(['flushed', 'flushing'])
    // The last write of 1.2 is newer than that of 1.3.
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 5'])
    expect(written()).to.eql(['1.1', '1.2', '1.3'])
  })

  it('what is no record goes along once all that was written before it does', () => {
    const { outbox, change, turn, durable, store, log } = setUp()
    turn(() => {
      change(1, 4)
      change(2, 4)
      outbox.writeExtra({ truncate: { epoch: 1, upTo: [0, 2, 0] } })
      outbox.whenDurable(() => log.push('truncated'))
    })
    turn(() => {
      change(3, 4)
      outbox.say(1, acceptOk(4))
    })
    expect(durable()).to.eql(['flushed', 'flushing'])
    expect(store.batches.map(({ truncate }) => truncate !== undefined)).to.eql([false, true])
    expect(durable()).to.eql(['flushed', 'truncated', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4'])
  })

  it('of two such things none is held to be durable before both are', () => {
    const { outbox, change, turn, durable, store, log } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    turn(() => {
      outbox.writeExtra({ peers: [{ member: 2, ...lived, storeIdentity: 'b' }] })
      outbox.whenDurable(() => log.push('the first'))
    })
    turn(() => {
      change(2, 4)
      change(3, 4)
      outbox.writeExtra({ peers: [{ member: 3, ...lived, storeIdentity: 'c' }] })
      outbox.whenDurable(() => log.push('the second'))
    })
    durable()
    expect(durable()).to.eql(['flushed', 'flushing'])
    expect(durable()).to.eql(['flushed', 'the first', 'the second'])
    expect(store.batches.map(({ peers = [] }) => peers.map(({ member }) => member))).to.eql([[], [], [2, 3]])
  })

  it('what found no room is written again, in its place', () => {
    const { outbox, change, turn, durable, fails, flush, written } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    turn(() => {
      change(2, 4)
      change(1, 5)
      outbox.say(1, acceptOk(5))
    })
    expect(fails('storeFull')).to.eql(['failed: storeFull'])
    flush()
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 5'])
    expect(written()).to.eql(['1.1', '1.1', '1.2'])
  })

  it('what was noted when a flush began counts once all that was written until then is durable', () => {
    const { outbox, change, turn, durable, noted } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    turn(() => {
      change(2, 4)
      change(3, 4)
      outbox.say(1, acceptOk(5))
    })
    durable()
    const before = noted.length
    // The note of the second flush stands for 1.3, too.
    durable()
    expect(noted.slice(before)).to.eql([])
    durable()
    expect(noted.slice(before, before + 1)).to.eql(['durable'])
  })
})
