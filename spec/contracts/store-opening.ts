import { expect } from 'chai'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { bootstrap, close, errorOf, open, record, write } from '../storage/support/calls.ts'
import { type StorePlace, storesOn } from './store-place.ts'

/** How every Store is opened and closed, and for whom. */
export function openingContract(name: string, makePlace: () => StorePlace): void {
  describe(`store contract, opening and closing: ${name}`, () => {
    const { create, begin, reopen } = storesOn(makePlace)

    it('is opened once', async () => {
      const store = await begin()
      expect(() => store.open(() => {})).to.throw(InvariantError)
    })

    it('closes after the write in flight', async () => {
      const store = await begin()
      const order: string[] = []
      const written = write(store, { records: [record(0, 1, 'vote')] }).then(() => order.push('written'))
      const closed = close(store).then(() => order.push('closed'))
      await Promise.all([written, closed])
      expect(order).to.deep.equal(['written', 'closed'])
      expect((await reopen(store)).contents.records).to.have.length(1)
    })

    it('closes while it is being opened, and never opened', async () => {
      const store = create({ bootstrap })
      const order: string[] = []
      const opened = open(store).then(() => order.push('opened'))
      const closed = close(store).then(() => order.push('closed'))
      await Promise.all([opened, closed])
      expect(order).to.deep.equal(['opened', 'closed'])
      await close(create())
      await open(create())
    })

    it('takes no write before it is open and after it is closed', async () => {
      const store = create({ bootstrap })
      expect(await errorOf(write(store, { records: [] }))).to.include({ code: 'storeClosed' })
      await open(store)
      await close(store)
      expect(await errorOf(write(store, { records: [] }))).to.include({ code: 'storeClosed' })
    })

    it('is open once at a time', async () => {
      const store = await begin()
      expect(await errorOf(open(create()))).to.include({ code: 'storeLocked' })
      await write(store, { records: [record(0, 1, 'still the owner')] })
      expect((await reopen(store)).contents.records).to.have.length(1)
    })

    it('opens for whom it belongs to', async () => {
      await close(await begin())
      const store = create({ expect: { cluster: 'spec', member: 2, members: [3, 2, 1] } })
      expect((await open(store)).owner.member).to.equal(2)
    })

    for (const [expectation, ...words] of [
      [{ cluster: 'other' }, '"spec"', '"other"'],
      [{ member: 1 }, 'member 2', 'not 1'],
      [{ members: [1, 2, 3, 4, 5] }, '1, 2, 3', '1, 2, 3, 4, 5'],
    ] as const) {
      it(`refuses another ${Object.keys(expectation)[0]}, naming both`, async () => {
        await close(await begin())
        const error = await errorOf(open(create({ expect: expectation })))
        expect(error.code).to.equal('storeForeign')
        for (const word of words) expect(error.message).to.include(word)
        await open(create())
      })
    }
  })
}
