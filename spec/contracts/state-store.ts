import { expect } from 'chai'
import { InvariantError } from '../../machines/protocol/errors.ts'
import type { Store } from '../../storage/store.ts'
import { bootstrap, close, errorOf, open, record, write } from '../storage/support/calls.ts'
import { add, checkpointOf, commit, head, read, segment } from '../storage/support/state-calls.ts'
import type { StorePlace } from './store.ts'

/** What every StateStore keeps to. */
export function stateStoreContract(name: string, makePlace: () => StorePlace): void {
  describe(`state store contract: ${name}`, () => {
    let place: StorePlace
    let stores: Store[]
    let store: Store

    beforeEach(async () => {
      place = makePlace()
      stores = []
      store = create({ bootstrap })
      await open(store)
    })
    afterEach(async () => {
      for (const each of stores) await close(each)
      await place.cleanUp()
    })

    const create = (options: Parameters<StorePlace['create']>[0] = {}): Store => {
      const created = place.create(options)
      stores.push(created)
      return created
    }
    const reopen = async () => {
      await close(store)
      store = create()
      return open(store)
    }
    /** Removing takes its time. */
    const expectGone = async (key: number) => {
      let error: unknown
      while (error === undefined)
        await read(store.state, key).catch(found => {
          error = found
        })
      expect(error, `segment ${key}`).to.include({ code: 'storeDamaged' })
    }

    it('has no checkpoint at first', async () => {
      expect((await reopen()).checkpoint).to.equal(undefined)
    })

    it('keeps a checkpoint, its head and its segments, in the order it names them', async () => {
      const [a, b] = await add(store.state, segment(1), segment(2, 3_000))
      const [c] = await add(store.state, segment(3, 0))
      await commit(store.state, checkpointOf(4, [c!, a!, b!]))
      const { checkpoint } = await reopen()
      expect(checkpoint).to.deep.equal({ number: 4, head: head(4), segments: [c, a, b] })
      expect(await read(store.state, a!)).to.deep.equal(segment(1))
      expect(await read(store.state, b!)).to.deep.equal(segment(2, 3_000))
      expect(await read(store.state, c!)).to.deep.equal(segment(3, 0))
    })

    it('keeps a checkpoint without segments, and one without a head', async () => {
      await commit(store.state, checkpointOf(1, []))
      expect((await reopen()).checkpoint).to.deep.equal(checkpointOf(1, []))
      await commit(store.state, { number: 2, head: new Uint8Array(), segments: [] })
      expect((await reopen()).checkpoint).to.deep.equal({ number: 2, head: new Uint8Array(), segments: [] })
    })

    it('takes nothing to add', async () => {
      expect(await add(store.state)).to.deep.equal([])
    })

    it('gives every segment a key of its own, after a restart too', async () => {
      const first = await add(store.state, segment(1), segment(2))
      await commit(store.state, checkpointOf(1, first))
      await reopen()
      const second = await add(store.state, segment(3))
      expect(new Set([...first, ...second]).size).to.equal(3)
      for (const [at, key] of [...first, ...second].entries())
        expect(await read(store.state, key)).to.deep.equal(segment(at + 1))
    })

    it('replaces the checkpoint: what the next one does not name is gone, what it does stays', async () => {
      const [a, b] = await add(store.state, segment(1), segment(2))
      await commit(store.state, checkpointOf(1, [a!, b!]))
      const [c] = await add(store.state, segment(3))
      await commit(store.state, checkpointOf(2, [b!, c!]))
      await expectGone(a!)
      expect((await reopen()).checkpoint).to.deep.equal(checkpointOf(2, [b!, c!]))
      await expectGone(a!)
      expect(await read(store.state, b!)).to.deep.equal(segment(2))
      expect(await read(store.state, c!)).to.deep.equal(segment(3))
    })

    it('removes at the next opening what no checkpoint names', async () => {
      const [kept] = await add(store.state, segment(1))
      await commit(store.state, checkpointOf(1, [kept!]))
      const lost = await add(store.state, segment(2), segment(3))
      expect(await read(store.state, lost[0]!)).to.deep.equal(segment(2))
      expect((await reopen()).checkpoint).to.deep.equal(checkpointOf(1, [kept!]))
      for (const key of lost) await expectGone(key)
      expect(await read(store.state, kept!)).to.deep.equal(segment(1))
    })

    it('drops segments of a checkpoint that is given up', async () => {
      const [kept] = await add(store.state, segment(1))
      await commit(store.state, checkpointOf(1, [kept!]))
      const added = await add(store.state, segment(2), segment(3))
      store.state.drop(added)
      for (const key of added) await expectGone(key)
      expect(await read(store.state, kept!)).to.deep.equal(segment(1))
    })

    it('keeps what is pinned until nobody reads it any more', async () => {
      const keys = await add(store.state, ...Array.from({ length: 20 }, (_, at) => segment(at)))
      await commit(store.state, checkpointOf(1, keys))
      const one = store.state.pin(keys)
      const other = store.state.pin(keys.slice(0, 10))
      await commit(store.state, checkpointOf(2, []))
      for (const [at, key] of keys.entries()) expect(await read(store.state, key)).to.deep.equal(segment(at))
      one()
      one()
      for (const key of keys.slice(10)) await expectGone(key)
      expect(await read(store.state, keys[9]!)).to.deep.equal(segment(9))
      other()
      await expectGone(keys[9]!)
    })

    it('forgets pins at a restart', async () => {
      const keys = await add(store.state, segment(1))
      await commit(store.state, checkpointOf(1, keys))
      store.state.pin(keys)
      await commit(store.state, checkpointOf(2, []))
      await reopen()
      await expectGone(keys[0]!)
    })

    it('reads while a write is under way, and writes votes beside it', async () => {
      const [a] = await add(store.state, segment(1))
      const adding = add(store.state, segment(2, 1_000_000))
      const [bytes, , added] = await Promise.all([
        read(store.state, a!),
        write(store, { records: [record(0, 1, 'vote')] }),
        adding,
      ])
      expect(bytes).to.deep.equal(segment(1))
      expect(await read(store.state, added[0]!)).to.have.length(1_000_000)
      expect((await reopen()).records).to.deep.equal([record(0, 1, 'vote')])
    })

    it('shares no bytes with the caller', async () => {
      const mine = segment(1)
      const keys = [7]
      const added = add(store.state, mine)
      mine.fill(0)
      keys.splice(0, 1, ...(await added))
      const checkpoint = { number: 1, head: head(1), segments: keys }
      const committed = commit(store.state, checkpoint)
      checkpoint.head.fill(0)
      const [key] = keys.splice(0)
      await committed
      expect((await reopen()).checkpoint).to.deep.equal(checkpointOf(1, [key!]))
      expect(await read(store.state, key!)).to.deep.equal(segment(1))
    })

    it('takes one write at a time', async () => {
      const adding = add(store.state, segment(1))
      expect(() => store.state.add([], () => {})).to.throw(InvariantError)
      expect(() => store.state.commit(checkpointOf(1, []), () => {})).to.throw(InvariantError)
      await adding
    })

    it('takes the next write from inside the callback of the one before', async () => {
      const [key] = await new Promise<readonly number[]>(resolve => {
        store.state.add([segment(1)], (_, keys) =>
          store.state.commit(checkpointOf(1, keys!), error => error === null && resolve(keys!)),
        )
      })
      expect((await reopen()).checkpoint?.segments).to.deep.equal([key])
    })

    it('calls nothing back synchronously', async () => {
      const calls: boolean[] = []
      const outside = <T>(start: (done: (error: unknown, value?: T) => void) => void): Promise<T> =>
        new Promise(resolve => {
          let inside = true
          start((_, value) => {
            calls.push(inside)
            resolve(value as T)
          })
          inside = false
        })
      const { state } = store
      const [key] = await outside<readonly number[]>(done => state.add([segment(1)], done))
      await outside(done => state.read(key!, done))
      await outside(done => state.read(key! + 99, done))
      await outside(done => state.commit(checkpointOf(1, [key!]), done))
      await close(store)
      await outside(done => state.add([segment(1)], done))
      await outside(done => state.read(key!, done))
      expect(calls).to.deep.equal([false, false, false, false, false, false])
    })

    it('closes after the write under way, and takes none and reads none afterwards', async () => {
      const { state } = store
      const [key] = await add(state, segment(1))
      const order: string[] = []
      const committed = commit(state, checkpointOf(1, [key!])).then(() => order.push('written'))
      const closed = close(store).then(() => order.push('closed'))
      await Promise.all([committed, closed])
      expect(order).to.deep.equal(['written', 'closed'])
      expect(await errorOf(add(state, segment(2)))).to.include({ code: 'storeClosed' })
      expect(await errorOf(commit(state, checkpointOf(2, [])))).to.include({ code: 'storeClosed' })
      expect(await errorOf(read(state, key!))).to.include({ code: 'storeClosed' })
      expect((await reopen()).checkpoint).to.deep.equal(checkpointOf(1, [key!]))
    })

    it('refuses a state that is older than the one that records were deleted for', async () => {
      await commit(store.state, checkpointOf(3, []))
      await write(store, { records: [], checkpoint: 3 })
      expect((await reopen()).checkpoint?.number).to.equal(3)
      await write(store, { records: [], checkpoint: 4 })
      await close(store)
      const error = await errorOf(open(create()))
      expect(error).to.include({ code: 'storeDamaged' })
      expect(error.message).to.include('checkpoint 3').and.include('4')
    })

    it('an empty snapshot takes the place of one that a program of before has left', async () => {
      await write(store, { records: [], snapshot: new Uint8Array([1, 2, 3]) })
      expect((await reopen()).snapshot).to.deep.equal(new Uint8Array([1, 2, 3]))
      await write(store, { records: [], snapshot: new Uint8Array() })
      expect((await reopen()).snapshot).to.equal(undefined)
    })

    it('begins with a checkpoint, taking one segment at a time', async () => {
      const other = makePlace()
      let taken = 0
      function* segments() {
        for (; taken < 12; taken++) yield segment(taken)
      }
      const given = { ...bootstrap, checkpoint: { number: 9, head: head(9), segments: segments() } }
      let begun = other.create({ bootstrap: given })
      const { checkpoint, records } = await open(begun)
      expect(records).to.deep.equal([])
      expect(taken).to.equal(12)
      for (const isAgain of [false, true]) {
        if (isAgain) {
          await close(begun)
          begun = other.create({})
          expect((await open(begun)).checkpoint).to.deep.equal(checkpoint)
        }
        expect(checkpoint).to.deep.include({ number: 9, head: head(9) })
        for (const [at, key] of checkpoint!.segments.entries())
          expect(await read(begun.state, key)).to.deep.equal(segment(at))
      }
      await close(begun)
      await other.cleanUp()
    })
  })
}
