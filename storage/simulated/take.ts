import type { Random } from '../../machines/protocol/clock.ts'
import { checkOwner, emptyError, notEmptyError, type StoreBootstrap, type StoreExpectation } from '../owner.ts'
import { type StoreContents, StoreError } from '../store.ts'
import { copyContents } from './copy.ts'
import type { DiskHolder, MemoryDisk } from './disk.ts'

/** The disk's name in messages of errors. */
export const where = 'this disk in memory'

export interface TakeOptions {
  readonly disk: MemoryDisk
  /** Begins a new store on an empty disk; its identity is drawn from `random`. */
  readonly bootstrap?: (StoreBootstrap & { readonly random: Random }) | undefined
  /** The expected owner: another one's store is refused as `storeForeign`. */
  readonly expect?: StoreExpectation | undefined
}

/**
 * Takes a disk for a store that opens: begins the store if it is new, checks its owner, and makes `holder` the one that
 * has the disk open. A disk that is refused stays free.
 * @throws StoreError
 */
export function takeDisk({ disk, bootstrap, expect }: TakeOptions, holder: DiskHolder): StoreContents {
  if (disk.holder !== undefined) throw new StoreError('storeLocked', `${where} is in use by another store`)
  const found = disk.contents()
  if (bootstrap === undefined && found === undefined) throw emptyError(where, 'it is empty')
  if (bootstrap !== undefined) {
    if (found !== undefined) throw notEmptyError(where)
    const { cluster, member, members, epoch, snapshot, random } = bootstrap
    disk.format({ cluster, member, members, epoch, storeIdentity: drawIdentity(random) })
    if (snapshot !== undefined) disk.apply({ records: [], snapshot: snapshot.slice() })
  }
  const contents = disk.contents()!
  checkOwner(contents.owner, expect, where)
  disk.holder = holder
  return copyContents(contents)
}

/** 128 random bits in hexadecimal. */
function drawIdentity(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word(), word(), word()].map(part => part.toString(16).padStart(8, '0')).join('')
}
