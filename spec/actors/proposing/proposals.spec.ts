import { expect } from 'chai'
import { type Proposal, proposalOf } from '../../../actors/execution/proposal.ts'
import type { Batch } from '../../../actors/proposing/batch.ts'
import { Proposals } from '../../../actors/proposing/proposals.ts'
import { Lane } from '../../../actors/shared/lane.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { Footprint } from '../../../machines/protocol/commands.ts'
import { get, put } from '../support/ledger.ts'

const everything: Footprint = { reads: 'all', writes: [] }

interface Named extends Proposal {
  readonly name: string
}
const told = { executed: () => {}, dropped: () => {}, abandoned: () => {} }
const proposal = (name: string, footprint: Footprint = put(name), bytes = 1, lane?: Lane<Proposal>): Named => ({
  ...proposalOf(new Uint8Array(bytes).fill(bytes), footprint, told, lane),
  name,
})
/** Commands of one client: `a1`, `a2`, ..., each of so many bytes. */
const some = (count: number, client: string, lane: Lane<Proposal>, { bytes = 1, footprint = put(client) } = {}) =>
  Array.from({ length: count }, (_, at) => proposal(`${client}${at + 1}`, footprint, bytes, lane))

function setUp(limits: Partial<Limits> = {}, ...queued: readonly Named[]) {
  const proposals = new Proposals({ ...defaultLimits, ...limits })
  for (const each of queued) proposals.add(each)
  const take = () =>
    proposals
      .take()
      ?.proposedPayloads.flatMap(proposedPayload => proposedPayload.proposals.map(each => (each as Named).name))
  /** Takes the next batch and says that it is proposed. */
  const propose = (): Batch => {
    const batch = proposals.take()!
    proposals.proposed(batch)
    return batch
  }
  return { proposals, take, propose }
}

describe('proposals', () => {
  it('leave as one batch, in their order', () => {
    const { proposals, take } = setUp({}, proposal('a'), proposal('b'), proposal('a'))
    expect(proposals.length).to.equal(3)
    expect(take()).to.eql(['a', 'b', 'a'])
    expect(take()).to.equal(undefined)
    expect(proposals.length).to.equal(0)
  })

  it('make one command: the payloads in their order, the union of the footprints', () => {
    const { proposals } = setUp({}, proposal('a', put('a'), 1), proposal('b', get('b'), 2))
    const { command } = proposals.take()!
    expect(command.footprint).to.eql({ reads: ['b'], writes: ['a'] })
    expect(command.payloads.map(payload => payload.length)).to.eql([1, 2])
  })

  it('put the payloads of a batch into one array, byte for byte', () => {
    const { proposals } = setUp({}, ...[1, 0, 2].map(bytes => proposal('a', put('a'), bytes)))
    const { payloads } = proposals.take()!.command
    expect(payloads.map(payload => [...payload])).to.eql([[1], [], [2, 2]])
    expect(new Set(payloads.map(payload => payload.buffer)).size).to.equal(1)
  })

  it('say whether so many wait, or so much, that a batch is full', () => {
    const { proposals } = setUp({ batchCommandsMax: 3, batchBytesMax: 10 }, proposal('a'), proposal('b'))
    expect(proposals.fillABatch).to.equal(false)
    proposals.add(proposal('c'))
    expect(proposals.fillABatch).to.equal(true)
    proposals.take()
    expect(proposals.fillABatch).to.equal(false)
    const large = proposal('d', put('d'), 10)
    proposals.addFirst([large])
    expect(proposals.fillABatch).to.equal(true)
    proposals.drop('enough')
    expect(proposals.fillABatch).to.equal(false)
  })

  it('are refused when their bytes are many; a client without any may add a small one', () => {
    const [lane, other] = [new Lane<Proposal>(), new Lane<Proposal>()]
    const limits = { proposalQueueBytesMax: 100, laneQueueBytesMin: 10 }
    const { proposals, propose } = setUp(limits, proposal('a', put('a'), 60, lane))
    const mayAdd = (bytes: number, to: Lane<Proposal>) => proposals.hasRoomFor(proposal('x', put('x'), bytes, to))
    expect([mayAdd(40, lane), mayAdd(41, lane), mayAdd(41, other)]).to.eql([true, false, false])
    expect([mayAdd(10, other), mayAdd(10, lane)]).to.eql([true, true])
    proposals.add(proposal('b', put('b'), 40, lane))
    expect([mayAdd(1, lane), mayAdd(10, other), mayAdd(11, other)]).to.eql([false, true, false])
    propose()
    expect(mayAdd(100, lane), 'they have left').to.equal(true)
  })

  it('wait while own uncommitted instances have many bytes', () => {
    const all = ['a', 'b', 'c'].map(name => proposal(name, put(name), 60))
    const { proposals, take, propose } = setUp({ ownInFlightBytesMax: 100, batchBytesMax: 60 }, ...all)
    const [first] = [propose(), propose()]
    expect(take()).to.equal(undefined)
    proposals.committed(first!)
    expect(take()).to.eql(['c'])
  })

  it('fill a batch to its limits: commands, bytes, keys', () => {
    const three = [proposal('a', put('a'), 10), proposal('b', put('b'), 10), proposal('c', put('c'), 10)]
    for (const limits of [{ batchCommandsMax: 2 }, { batchBytesMax: 20 }, { footprintKeysMax: 2 }]) {
      const { take } = setUp(limits, ...three)
      expect(take(), JSON.stringify(limits)).to.eql(['a', 'b'])
      expect(take()).to.eql(['c'])
    }
  })

  it('one that is larger than a batch by itself goes alone', () => {
    const { take } = setUp({ batchBytesMax: 5 }, proposal('big', put('x'), 10), proposal('small'))
    expect(take()).to.eql(['big'])
    expect(take()).to.eql(['small'])
  })

  it('wait while too many own instances are in flight', () => {
    const { proposals, take, propose } = setUp({ ownInFlightMax: 2 }, proposal('a'))
    const first = propose()
    proposals.add(proposal('b'))
    propose()
    proposals.add(proposal('c'))
    expect(proposals.inFlight).to.equal(2)
    expect(take()).to.equal(undefined)
    proposals.committed(first)
    expect(take()).to.eql(['c'])
  })

  it('on a key with too many own instances are held back; others pass them', () => {
    const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 1 }, proposal('hot', put('x')))
    const first = propose()
    for (const name of ['held', 'free', 'held too'])
      proposals.add(proposal(name, name === 'free' ? put('y') : put('x')))
    expect(take()).to.eql(['free'])
    expect(take()).to.equal(undefined)
    proposals.committed(first)
    expect(take()).to.eql(['held', 'held too'])
  })

  it('behind one that is held back keep their order on every key that it touches', () => {
    const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 1 }, proposal('hot', put('x')))
    const first = propose()
    proposals.add(proposal('1', put('x', 'y')))
    proposals.add(proposal('2', put('y', 'z')))
    proposals.add(proposal('3', get('z')))
    proposals.add(proposal('4', put('w')))
    expect(take()).to.eql(['4'])
    proposals.committed(first)
    expect(take()).to.eql(['1', '2', '3'])
  })

  it('count what touches all keys as a key of its own', () => {
    const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 1 }, proposal('scan', everything))
    propose()
    proposals.add(proposal('scan again', everything))
    proposals.add(proposal('put'))
    expect(take()).to.eql(['put'])
  })

  it('hold back nothing below the limit', () => {
    const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 2 }, proposal('x'))
    propose()
    proposals.add(proposal('x'))
    expect(take()).to.eql(['x'])
  })

  it('4.7: proposed anew go first', () => {
    const { proposals, take } = setUp({}, proposal('new'))
    proposals.addFirst([proposal('once'), proposal('twice')])
    expect(take()).to.eql(['once', 'twice', 'new'])
  })

  it('are full at their limit, but for clients of whom few wait', () => {
    const crowd = new Lane<Proposal>()
    const { proposals, take } = setUp({ proposalQueueMax: 3, laneQueueMin: 2 }, ...some(2, 'a', crowd))
    const other = new Lane<Proposal>()
    const one = (lane: Lane<Proposal>) => proposal('b', put('b'), 1, lane)
    expect(proposals.hasRoomFor(one(crowd))).to.equal(true)
    proposals.add(one(crowd))
    expect([crowd, other].map(lane => proposals.hasRoomFor(one(lane)))).to.eql([false, true])
    for (let count = 0; count < 2; count++) proposals.add(one(other))
    expect(proposals.hasRoomFor(one(other))).to.equal(false)
    take()
    expect([crowd, other].map(lane => proposals.hasRoomFor(one(lane)))).to.eql([true, true])
  })

  it('are told that they are dropped, each once', () => {
    const told: string[] = []
    const named = (name: string): Named => ({ ...proposal(name), dropped: reason => told.push(`${name}: ${reason}`) })
    const { proposals, take } = setUp({}, named('a'))
    proposals.addFirst([named('decided Nop')])
    proposals.drop('over')
    proposals.drop('once more')
    expect(told).to.eql(['decided Nop: over', 'a: over'])
    expect([proposals.length, take()]).to.eql([0, undefined])
  })

  describe('of several clients', () => {
    const lanes = () => [new Lane<Proposal>(), new Lane<Proposal>(), new Lane<Proposal>()] as const

    it('have the same shares of a batch; what one leaves of its share the others get', () => {
      const [a, b, c] = lanes()
      const { take } = setUp({ batchCommandsMax: 6 }, ...some(9, 'a', a), ...some(1, 'b', b), ...some(9, 'c', c))
      expect(take()).to.eql(['a1', 'a2', 'b1', 'c1', 'c2', 'a3'])
      // Where the last batch ended the next begins.
      expect(take()).to.eql(['c3', 'c4', 'c5', 'a4', 'a5', 'a6'])
    })

    it('more than a batch holds take turns', () => {
      const [a, b, c] = lanes()
      const { take } = setUp({ batchCommandsMax: 2 }, ...some(2, 'a', a), ...some(2, 'b', b), ...some(1, 'c', c))
      expect([take(), take(), take(), take()]).to.eql([['a1', 'b1'], ['c1', 'a2'], ['b2'], undefined])
    })

    it('find room in the next batch where large ones have filled one', () => {
      const [a, b] = lanes()
      const { take } = setUp({ batchBytesMax: 20 }, ...some(9, 'a', a, { bytes: 10 }), ...some(1, 'b', b))
      expect(take()).to.eql(['a1', 'a2'])
      expect(take()).to.eql(['b1', 'a3'])
    })

    it('wait for keys of their own: one whose key is busy holds no other client back, and loses its turn to none', () => {
      const [a, b, c] = lanes()
      const hot = { footprint: put('hot') }
      const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 1, batchCommandsMax: 2 })
      for (const each of [...some(5, 'a', a, hot), ...some(1, 'c', c, hot)]) proposals.add(each)
      const first = propose()
      expect(take()).to.equal(undefined)
      for (const each of some(1, 'b', b)) proposals.add(each)
      expect(take()).to.eql(['b1'])
      proposals.committed(first)
      expect(proposals.length).to.equal(4)
      expect(take()).to.eql(['a2', 'a3'])
      expect(take()).to.eql(['a4', 'a5'])
    })

    it('hold back no more of one client than a batch: the rest is not looked at again with each commit', () => {
      const lane = new Lane<Proposal>()
      const hot = some(1_000, 'a', lane, { footprint: put('hot') })
      let looks = 0
      const counted = hot.map(each => ({
        ...each,
        get footprint() {
          looks++
          return put('hot')
        },
      }))
      const { proposals, take, propose } = setUp({ ownInFlightPerKeyMax: 1, batchCommandsMax: 10 }, ...counted)
      propose()
      take()
      looks = 0
      for (let commits = 0; commits < 10; commits++) {
        proposals.addFirst([])
        expect(take()).to.equal(undefined)
      }
      expect(looks).to.be.within(100, 110)
      expect(proposals.length).to.equal(990)
    })
  })
})
