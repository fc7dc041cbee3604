import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { InvariantError } from '../../../machines/protocol/errors.ts'
import type { InstanceMessage, Message } from '../../../machines/protocol/messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { commandOf, idOf, ledgerOf, put, write } from '../support/ledger.ts'
import { outboxOf } from '../support/outbox.ts'

const id = idOf(1, 1)
const acceptOk = (bal: number): InstanceMessage => ({ type: 'acceptOk', id, bal })
const commit: Message = { type: 'commit', id, cmd: 'nop', dep: [0, 0, 0] }

function setUp() {
  const { ledger } = ledgerOf(3)
  const world = outboxOf()
  return {
    ...world,
    ledger,
    /** The record of rank 1's instance changes. */
    change: (index: number, bal: number) => world.write(write(ledger, idOf(1, index), { bal })),
  }
}

const lived = { life: 1, token: 'a', tookPart: false }

describe('outbox', () => {
  it('a message leaves after the flush that covers its turn, also what the turn wrote after it', () => {
    const { outbox, change, turn, durable, written } = setUp()
    const first = turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
      change(2, 5)
    })
    expect(first).to.eql(['flushing'])
    expect(written()).to.eql(['1.1, 1.2'])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4'])
    expect(outbox.isClean).to.equal(true)
  })

  it('what needs nothing leaves at the end of its turn, as one frame a peer, in order', () => {
    const { outbox, turn, store } = setUp()
    const left = turn(() => {
      outbox.say(2, acceptOk(1))
      outbox.say(1, acceptOk(2))
      outbox.say(2, acceptOk(3))
    })
    expect(left).to.eql(['to 1: acceptOk 2', 'to 2: acceptOk 1, acceptOk 3'])
    expect(store.batches).to.have.length(0)
  })

  it('6: exempt commits do not wait for the flush', () => {
    const { outbox, change, turn, durable } = setUp()
    const left = turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
      outbox.sayNow(1, commit)
    })
    expect(left).to.eql(['to 1: commit', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4'])
  })

  it('6: nothing to oneself is exempt', () => {
    const { outbox } = setUp()
    expect(() => outbox.sayNow(0, commit)).to.throw(InvariantError)
  })

  it('one flush is in flight; the next gathers behind it, as one', () => {
    const { outbox, change, turn, durable, written, store } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    for (const index of [2, 3, 2])
      expect(
        turn(() => {
          change(index, 5)
          outbox.say(2, acceptOk(index))
        }),
      ).to.eql([])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4', 'flushing'])
    expect(written()).to.eql(['1.1', '1.2, 1.3'])
    expect(durable()).to.eql(['flushed', 'to 2: acceptOk 2, acceptOk 3, acceptOk 2'])
    expect(store.isWriting).to.equal(false)
  })

  it('B16, B23: votes leave in state order, and a repeat waits for the flush of the first answer', () => {
    const { outbox, change, turn, durable } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
    })
    // A repeat writes nothing; a newer promise does. Neither overtakes.
    expect(turn(() => outbox.say(1, acceptOk(4)))).to.eql([])
    turn(() => {
      change(1, 5)
      outbox.say(1, { type: 'nack', id, bal: 5 })
    })
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4, acceptOk 4', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 1: nack 5'])
  })

  it('6: own replies count once they are durable, and what follows from them waits for its own flush', () => {
    const { outbox, state, change, turn, durable } = setUp()
    state.onDeliver = () => {
      change(1, 9)
      outbox.say(2, acceptOk(9))
    }
    const first = turn(() => {
      change(1, 4)
      outbox.sayToSelf(acceptOk(4))
      outbox.say(1, acceptOk(4))
    })
    expect(first).to.eql(['flushing'])
    expect(durable()).to.eql(['flushed', 'self: acceptOk 4', 'to 1: acceptOk 4', 'flushing'])
    expect(durable()).to.eql(['flushed', 'to 2: acceptOk 9'])
  })

  it('own replies that need nothing count in their own turn', () => {
    const { outbox, turn, log } = setUp()
    turn(() => outbox.sayToSelf(acceptOk(4)))
    expect(log).to.eql(['self: acceptOk 4'])
  })

  it('B24: what is to be done once it is durable is done then, in its place among the messages', () => {
    const { outbox, change, turn, durable, log } = setUp()
    turn(() => {
      change(1, 4)
      outbox.sayToSelf(acceptOk(1))
      outbox.whenDurable(() => log.push('executes'))
      outbox.sayToSelf(acceptOk(2))
    })
    expect(durable()).to.eql(['flushed', 'self: acceptOk 1', 'executes', 'self: acceptOk 2'])
  })

  it('what nobody waits for is written when somebody does, or when the replica says so', () => {
    const { outbox, flush, change, turn, written, durable } = setUp()
    expect(turn(() => change(1, 4))).to.eql([])
    expect([outbox.isLazy, outbox.isClean]).to.eql([true, false])
    turn(() => {
      change(2, 4)
      outbox.say(1, acceptOk(4))
    })
    expect(written()).to.eql(['1.1, 1.2'])
    expect(outbox.isLazy).to.equal(false)
    durable()
    turn(() => change(3, 4))
    flush()
    expect(written()).to.eql(['1.1, 1.2', '1.3'])
    durable()
    flush()
    expect(written()).to.have.length(2)
    expect(outbox.isClean).to.equal(true)
  })

  it('an entry is written as it stands when its flush begins, its payload once', () => {
    const { outbox, ledger, write: dirty, turn, durable, store } = setUp()
    const codec = createCodec(defaultLimits)
    const cmd = commandOf(put('x'))
    const save = (bal: number) =>
      turn(() => {
        dirty(write(ledger, id, { bal, initCmd: cmd }))
        outbox.say(1, acceptOk(bal))
      })
    save(4)
    save(5)
    save(8)
    durable()
    durable()
    const saved = store.batches.map(({ records }) => records[0]!)
    expect(saved.map(({ vote }) => codec.decodeVote(vote, cmd).bal)).to.eql([4, 8])
    expect(saved.map(({ command }) => command !== undefined)).to.eql([true, false])
    expect(ledger.entry(id).payloadStored).to.equal(true)
  })

  it('storeFull: says so and says nothing else; all is written again when told to, payload and extras too', () => {
    const { outbox, flush, ledger, write: dirty, turn, fails, durable, store } = setUp()
    turn(() => {
      dirty(write(ledger, id, { bal: 4, initCmd: commandOf(put('x')) }))
      outbox.writeExtra({ peers: [{ member: 2, ...lived, storeIdentity: 'b' }], snapshot: new Uint8Array([1]) })
      outbox.say(1, acceptOk(4))
    })
    expect(fails('storeFull')).to.eql(['failed: storeFull'])
    outbox.writeExtra({ peers: [{ member: 3, ...lived, storeIdentity: 'c' }], snapshot: new Uint8Array([2]) })
    flush()
    const [, again] = store.batches
    expect(again?.records).to.have.length(1)
    expect(again?.records[0]?.command).not.to.equal(undefined)
    // The later snapshot stands; of the identities all do.
    expect(again?.snapshot).to.eql(new Uint8Array([2]))
    expect(again?.peers?.map(peer => peer.member)).to.eql([2, 3])
    expect(durable()).to.eql(['flushed', 'to 1: acceptOk 4'])
  })

  it('a flush that failed covers nothing', () => {
    const { outbox, change, turn, fails, log } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
      outbox.sayToSelf(acceptOk(4))
    })
    expect(fails('storeFailed')).to.eql(['failed: storeFailed'])
    expect(log).not.to.include('flushed')
  })

  it('after stop nothing is written, delivered or sent, whatever was said before or is said since', () => {
    const { outbox, flush, change, turn, durable, store } = setUp()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(4))
      outbox.sayToSelf(acceptOk(4))
    })
    const left = turn(() => {
      change(2, 4)
      outbox.sayNow(2, commit)
      outbox.stop()
      outbox.say(1, acceptOk(5))
      outbox.sayNow(1, commit)
    })
    expect(left).to.eql([])
    expect(durable()).to.eql([])
    expect(turn(() => outbox.say(1, acceptOk(6)))).to.eql([])
    flush()
    expect(store.batches).to.have.length(1)
  })

  it('a delivered message may stop it: what was to follow does not', () => {
    const { outbox, state, change, turn, durable } = setUp()
    state.onDeliver = () => outbox.stop()
    turn(() => {
      change(1, 4)
      outbox.say(1, acceptOk(1))
      outbox.sayToSelf(acceptOk(2))
      outbox.whenDurable(() => expect.fail('it is stopped'))
      outbox.say(1, acceptOk(3))
    })
    expect(durable()).to.eql(['flushed', 'self: acceptOk 2'])
  })
})
