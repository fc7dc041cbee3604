import type { StoreBootstrap, StoreExpectation } from '../../storage/owner.ts'
import type { Store, StoreContents } from '../../storage/store.ts'
import { bootstrap, close, open } from '../storage/support/calls.ts'

/** One empty place for a store, and stores on it. */
export interface StorePlace {
  create(options: { bootstrap?: StoreBootstrap; expect?: StoreExpectation }): Store
  cleanUp(): Promise<void>
}

/** Stores on one place a test: made by calls, closed and cleaned up by themselves. */
export interface Stores {
  create(options?: Parameters<StorePlace['create']>[0]): Store
  /** A new store, open. */
  begin(): Promise<Store>
  /** Closes a store and opens another one on its place. */
  reopen(store: Store): Promise<{ readonly store: Store; readonly contents: StoreContents }>
}

/** Called within `describe`. */
export function storesOn(makePlace: () => StorePlace): Stores {
  let place: StorePlace
  let stores: Store[]

  beforeEach(() => {
    place = makePlace()
    stores = []
  })
  afterEach(async () => {
    for (const store of stores) await close(store)
    await place.cleanUp()
  })

  const create = (options: Parameters<StorePlace['create']>[0] = {}): Store => {
    const store = place.create(options)
    stores.push(store)
    return store
  }
  const begin = async (): Promise<Store> => {
    const store = create({ bootstrap })
    await open(store)
    return store
  }
  const reopen = async (store: Store) => {
    await close(store)
    const next = create()
    return { store: next, contents: await open(next) }
  }
  return { create, begin, reopen }
}
