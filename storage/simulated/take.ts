import type { Random } from '../../machines/protocol/clock.ts'
import {
  checkOwner,
  emptyError,
  type FirstCheckpoint,
  notEmptyError,
  type StoreBootstrap,
  type StoreExpectation,
} from '../owner.ts'
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
    const { cluster, member, members, epoch, snapshot, checkpoint, random } = bootstrap
    disk.format({ cluster, member, members, epoch, storeIdentity: drawIdentity(random) })
    if (snapshot !== undefined) disk.apply({ records: [], snapshot: snapshot.slice() })
    if (checkpoint !== undefined) putFirst(disk, checkpoint)
  }
  const contents = disk.contents()!
  checkOwner(contents.owner, expect, where)
  checkState(disk, contents)
  disk.holder = holder
  return copyContents(contents)
}

function putFirst(disk: MemoryDisk, { number, head, segments }: FirstCheckpoint): void {
  const keys: number[] = []
  for (const bytes of segments) {
    keys.push(keys.length + 1)
    disk.segments.set(keys.length, bytes.slice())
  }
  disk.commit({ number, head: head.slice(), segments: keys })
  disk.apply({ records: [], checkpoint: number })
}

/**
 * Refuses a state that is older than the journal relies on, or that lacks a segment, and removes segments of a checkpoint
 * that was never finished.
 * @throws StoreError `storeDamaged`
 */
function checkState({ segments, reliedOn }: MemoryDisk, { checkpoint }: StoreContents): void {
  const number = checkpoint?.number ?? 0
  if (number < reliedOn)
    throw new StoreError('storeDamaged', `${where} stands at checkpoint ${number}; records went for ${reliedOn}`)
  const missing = checkpoint?.segments.find(key => !segments.has(key))
  if (missing !== undefined) throw new StoreError('storeDamaged', `${where} lacks segment ${missing}`)
  const named = new Set(checkpoint?.segments)
  for (const key of segments.keys()) if (!named.has(key)) segments.delete(key)
}

/** 128 random bits in hexadecimal. */
function drawIdentity(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word(), word(), word()].map(part => part.toString(16).padStart(8, '0')).join('')
}
