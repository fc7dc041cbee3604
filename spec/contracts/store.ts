import { expect } from 'chai'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { bootstrap, close, errorOf, open, record, sorted, write } from '../storage/support/calls.ts'
import { openingContract } from './store-opening.ts'
import { type StorePlace, storesOn } from './store-place.ts'

export type { StorePlace }

/** What every Store keeps to. */
export function storeContract(name: string, makePlace: () => StorePlace): void {
  describe(`store contract: ${name}`, () => {
    const { create, begin, reopen } = storesOn(makePlace)

    it('refuses a place without a store, with help', async () => {
      const error = await errorOf(open(create()))
      expect(error).to.include({ name: 'StoreError', code: 'storeEmpty' })
      expect(error.message).to.include('--bootstrap').and.include('lost its disk')
    })

    it('begins a store that belongs to whom bootstrap says, under a random identity', async () => {
      const { owner, records, snapshot, reserved, peers } = await open(create({ bootstrap }))
      expect(owner).to.deep.include(bootstrap)
      expect(owner.storeIdentity).to.have.length.of.at.least(32)
      expect(records).to.deep.equal([])
      expect(snapshot).to.equal(undefined)
      expect(reserved).to.equal(0)
      expect(peers.size).to.equal(0)
      const other = makePlace()
      const second = other.create({ bootstrap })
      expect((await open(second)).owner.storeIdentity).not.to.equal(owner.storeIdentity)
      await close(second)
      await other.cleanUp()
    })

    it('keeps its owner', async () => {
      const first = create({ bootstrap })
      const { owner } = await open(first)
      expect((await reopen(first)).contents.owner).to.deep.equal(owner)
    })

    it('refuses to bootstrap over data', async () => {
      await close(await begin())
      expect(await errorOf(open(create({ bootstrap })))).to.include({ code: 'storeNotEmpty' })
    })

    it('keeps what was written', async () => {
      const store = await begin()
      const records = [record(0, 1, 'vote a', 'command a'), record(1, 1, 'vote b'), record(0, 2, '', '')]
      await write(store, { records })
      const { contents } = await reopen(store)
      expect(sorted(contents.records)).to.deep.equal(sorted(records))
    })

    it('tells epochs, ranks and indices apart, up to large ones', async () => {
      const store = await begin()
      const ids = [
        { epoch: 1, rank: 1, index: 2 },
        { epoch: 2, rank: 1, index: 2 },
        { epoch: 1, rank: 2, index: 1 },
        { epoch: 70_000, rank: 8, index: 2 ** 40 },
      ]
      const records = ids.map(id => ({ ...record(0, 0, JSON.stringify(id), `${id.index}`), ...id }))
      await write(store, { records })
      expect(sorted((await reopen(store)).contents.records)).to.deep.equal(sorted(records))
    })

    it('replaces a vote, keeps the command, and keeps the first command', async () => {
      const store = await begin()
      await write(store, { records: [record(0, 1, 'one'), record(0, 2, 'one', 'first')] })
      await write(store, { records: [record(0, 1, 'two', 'late'), record(0, 2, 'two')] })
      await write(store, { records: [record(0, 1, 'three', 'other'), record(0, 2, 'three', 'other')] })
      expect(sorted((await reopen(store)).contents.records)).to.deep.equal([
        record(0, 1, 'three', 'late'),
        record(0, 2, 'three', 'first'),
      ])
    })

    it('takes the last of two votes of one instance in a batch', async () => {
      const store = await begin()
      await write(store, { records: [record(0, 1, 'one', 'command'), record(0, 1, 'two')] })
      expect((await reopen(store)).contents.records).to.deep.equal([record(0, 1, 'two', 'command')])
    })

    it('replaces the snapshot, and leaves it alone otherwise', async () => {
      const store = await begin()
      await write(store, { records: [], snapshot: new Uint8Array([1, 2, 3]) })
      await write(store, { records: [], snapshot: new Uint8Array([4]) })
      await write(store, { records: [record(0, 1, 'vote')] })
      expect((await reopen(store)).contents.snapshot).to.deep.equal(new Uint8Array([4]))
    })

    it('takes an empty snapshot for none: a checkpoint has taken its place', async () => {
      const store = await begin()
      await write(store, { records: [], snapshot: new Uint8Array([1]) })
      await write(store, { records: [], snapshot: new Uint8Array() })
      expect((await reopen(store)).contents.snapshot).to.equal(undefined)
    })

    it('keeps how many indices are reserved: the last that was written', async () => {
      const store = await begin()
      await write(store, { records: [], reserved: 64 })
      await write(store, { records: [record(0, 1, 'vote')], reserved: 96 })
      await write(store, { records: [record(0, 1, 'later')] })
      const { store: again, contents } = await reopen(store)
      expect(contents.reserved).to.equal(96)
      await write(again, { records: [], reserved: 0 })
      expect((await reopen(again)).contents.reserved).to.equal(0)
    })

    it('keeps the promise about D0 that was last written', async () => {
      const store = await begin()
      await write(store, { records: [], raised: { floor: [1, 0, 2], from: 3 } })
      await write(store, { records: [record(0, 1, 'vote')], raised: { floor: [4, 5, 6], from: 7 } })
      await write(store, { records: [record(0, 1, 'later')] })
      expect((await reopen(store)).contents.raised).to.deep.equal({ floor: [4, 5, 6], from: 7 })
    })

    it('deletes the records that a batch truncates, its own among them, and no others', async () => {
      const store = await begin()
      const ofOtherEpoch = { ...record(0, 1, 'vote', 'command'), epoch: 2 }
      const first = [1, 2, 3].flatMap(index => [0, 1].map(rank => record(rank, index, 'vote', `${rank}.${index}`)))
      await write(store, { records: [...first, record(2, 1, 'vote', 'far'), ofOtherEpoch] })
      await write(store, {
        records: [record(0, 2, 'late vote'), record(0, 4, 'vote', 'new'), record(1, 1, 'late vote')],
        snapshot: new Uint8Array([1]),
        truncate: { epoch: 1, upTo: [2, 1, 0] },
      })
      const left = [
        record(0, 3, 'vote', '0.3'),
        record(0, 4, 'vote', 'new'),
        record(1, 2, 'vote', '1.2'),
        record(1, 3, 'vote', '1.3'),
        record(2, 1, 'vote', 'far'),
        ofOtherEpoch,
      ]
      const { store: again, contents } = await reopen(store)
      expect(sorted(contents.records)).to.deep.equal(left)
      expect(contents.snapshot).to.deep.equal(new Uint8Array([1]))
      await write(again, { records: [record(0, 1, 'vote')], truncate: { epoch: 2, upTo: [9, 9, 9] } })
      expect(
        sorted((await reopen(again)).contents.records),
        'a command that was deleted does not come back',
      ).to.deep.equal([record(0, 1, 'vote'), ...left.slice(0, -1)])
    })

    it('keeps the stores of peers, the last that was written of each, and forgets what is to be forgotten', async () => {
      const store = await begin()
      const one = { storeIdentity: 'identity of one', life: 1, token: 'a', tookPart: false }
      const three = { storeIdentity: 'identity of three', life: 4, token: 'b', tookPart: false }
      await write(store, { records: [], peers: [{ member: 1, ...one }] })
      await write(store, {
        records: [],
        peers: [
          { member: 3, ...three },
          { member: 3, ...three, tookPart: true },
        ],
      })
      const { contents, store: again } = await reopen(store)
      expect([...contents.peers]).to.have.deep.members([
        [1, one],
        [3, { ...three, tookPart: true }],
      ])
      await write(again, {
        records: [],
        peers: [{ member: 1, storeIdentity: '', life: 0, token: '', tookPart: false }],
      })
      expect([...(await reopen(again)).contents.peers.keys()]).to.deep.equal([3])
    })

    it('keeps its own life', async () => {
      const store = await begin()
      await write(store, { records: [], life: { life: 1, token: 'first', isLetIn: false } })
      const { contents, store: again } = await reopen(store)
      expect(contents.life).to.deep.equal({ life: 1, token: 'first', isLetIn: false })
      await write(again, { records: [], life: { life: 2, token: 'second', isLetIn: true } })
      expect((await reopen(again)).contents.life).to.deep.equal({ life: 2, token: 'second', isLetIn: true })
    })

    it('takes an empty batch', async () => {
      const store = await begin()
      await write(store, { records: [] })
      expect((await reopen(store)).contents.records).to.deep.equal([])
    })

    it('takes batches of 5,000 records', async () => {
      const store = await begin()
      const records = Array.from({ length: 5_000 }, (_, at) => record(at % 3, at + 1, `vote ${at}`, `command ${at}`))
      await write(store, { records })
      expect(sorted((await reopen(store)).contents.records)).to.deep.equal(sorted(records))
    })

    it('takes values of megabytes', async () => {
      const store = await begin()
      const big = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31) % 251)
      await write(store, { records: [{ ...record(0, 1, 'vote'), command: big }], snapshot: big })
      const { contents } = await reopen(store)
      expect(Buffer.compare(contents.records[0]!.command!, big)).to.equal(0)
      expect(Buffer.compare(contents.snapshot!, big)).to.equal(0)
    })

    it('shares no bytes with the caller', async () => {
      const store = await begin()
      const mine = record(0, 1, 'vote', 'command')
      const written = write(store, { records: [mine] })
      mine.vote.fill(0)
      mine.command!.fill(0)
      await written
      expect((await reopen(store)).contents.records).to.deep.equal([record(0, 1, 'vote', 'command')])
    })

    it('calls nothing back synchronously', async () => {
      let inside = true
      const calls: boolean[] = []
      const outside = <T>(start: (done: () => void) => T): Promise<void> =>
        new Promise(resolve => {
          inside = true
          start(() => {
            calls.push(inside)
            resolve()
          })
          inside = false
        })
      const store = create({ bootstrap })
      await outside(done => store.open(done))
      await outside(done => store.write({ records: [] }, done))
      await outside(done => store.close(done))
      await outside(done => store.write({ records: [] }, done))
      await outside(done => store.close(done))
      expect(calls).to.deep.equal([false, false, false, false, false])
    })

    it('takes one write at a time', async () => {
      const store = await begin()
      const first = write(store, { records: [record(0, 1, 'first')] })
      expect(() => store.write({ records: [] }, () => {})).to.throw(InvariantError)
      await first
      await write(store, { records: [record(0, 2, 'next')] })
      expect((await reopen(store)).contents.records).to.have.length(2)
    })

    it('takes the next write from inside the callback of the one before', async () => {
      const store = await begin()
      await new Promise<void>((resolve, reject) => {
        store.write({ records: [record(0, 1, 'one')] }, () => {
          store.write({ records: [record(0, 2, 'two')] }, error => (error === null ? resolve() : reject(error)))
        })
      })
      expect((await reopen(store)).contents.records).to.have.length(2)
    })
  })

  openingContract(name, makePlace)
}
