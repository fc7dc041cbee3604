import type { StateStore } from '../../storage/state-store.ts'
import type { StoreError } from '../../storage/store.ts'
import { StoreError as AStoreError } from '../../storage/store.ts'
import { TableError } from '../tables/table-error.ts'
import type { TablesLoader } from '../tables/tables-loader.ts'

/**
 * Reads the segments of a checkpoint one after the other, and loads each before the next is there.
 * @param keys where each lies in the store, by its id
 */
export function readSegments(
  loader: TablesLoader,
  store: StateStore,
  keys: ReadonlyMap<number, number>,
  done: (error: StoreError | null) => void,
): void {
  const next = loader.next
  if (next === undefined) {
    while (loader.step());
    done(null)
    return
  }
  store.read(keys.get(next.id)!, (error, bytes) => {
    if (error !== null) {
      done(error)
      return
    }
    try {
      loader.add(bytes!)
      while (loader.isBusy) loader.step()
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause
      done(new AStoreError('storeDamaged', `segment ${next.id} of the state: ${cause.message}`, { cause }))
      return
    }
    readSegments(loader, store, keys, done)
  })
}
