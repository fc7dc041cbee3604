import { existsSync } from 'node:fs'
import type { StoredCheckpoint } from '../../state-store.ts'
import { StoreError } from '../../store.ts'
import { checkLength } from '../check.ts'
import type { Connection } from '../connection.ts'
import { damaged, named, toOpenError } from '../errors.ts'
import { type StoreFiles, syncDirectory } from '../files.ts'
import { checkpointSeed } from '../keys.ts'
import { unseal } from '../seal.ts'
import { connectState } from './file.ts'
import { type DatedCheckpoint, unpackCheckpoint } from './stored-checkpoint.ts'

/** A state file that is open. */
export interface StateFile {
  readonly connection: Connection
  readonly path: string
  /** The seed of the store's checksums (`storeSeed`): another store's segments do not fit. */
  readonly seed: number
  readonly checkpoint: StoredCheckpoint | undefined
  /** The greatest key of a segment. */
  readonly lastKey: number
  /** Segments that the checkpoint does not name: they are of one that was never finished, and are to be removed. */
  readonly unnamed: readonly number[]
}

/** What the database of votes knows of the state. */
export interface Witness {
  /** The seed of the store's checksums. */
  readonly seed: number
  /** The number of the checkpoint that records were deleted for; 0: none. */
  readonly reliedOn: number
  /** Number of flushes that are there. */
  readonly flushes: number
}

/**
 * Opens the state file of a store, and makes it if no checkpoint was relied on yet. Segments are not read: each is
 * checked when it is.
 * @throws StoreError `storeDamaged` when it lacks what was relied on, or was written after a flush that is not there
 */
export async function openStateFile(files: StoreFiles, { seed, reliedOn, flushes }: Witness): Promise<StateFile> {
  const path = files.state
  const isNew = !existsSync(path)
  if (isNew && reliedOn > 0)
    throw new StoreError('storeDamaged', `${path} is gone: records were deleted for its checkpoint ${reliedOn}`)
  let connection: Connection | undefined
  try {
    connection = await connectState(path)
    if (isNew) syncDirectory(files.directory)
    await checkLength(connection, path)
    const checkpoint = await readCheckpoint(connection, path, seed)
    checkPlace(files, checkpoint, reliedOn, flushes)
    const keys = await compareKeys(connection, path, checkpoint?.segments ?? [])
    return { connection, path, seed, checkpoint: checkpoint && undated(checkpoint), ...keys }
  } catch (error) {
    await connection?.close()
    throw toOpenError(error, `opening ${path}`)
  }
}

const undated = ({ flushes: _, ...checkpoint }: DatedCheckpoint): StoredCheckpoint => checkpoint

/** Refuses a state that is older, or newer, than the votes beside it. */
function checkPlace(
  files: StoreFiles,
  checkpoint: DatedCheckpoint | undefined,
  reliedOn: number,
  flushes: number,
): void {
  const number = checkpoint?.number ?? 0
  if (number < reliedOn)
    throw new StoreError(
      'storeDamaged',
      `${files.state} stands at checkpoint ${number}, but records were deleted for checkpoint ${reliedOn}: ` +
        'it is of an earlier day, or was cut off',
    )
  const after = checkpoint?.flushes ?? 0
  if (after > flushes)
    throw new StoreError(
      'storeDamaged',
      `${files.database} ends at flush ${flushes}, but ${files.state} was written after flush ${after}: ` +
        'acknowledged writes are lost',
    )
}

async function readCheckpoint(
  connection: Connection,
  path: string,
  seed: number,
): Promise<DatedCheckpoint | undefined> {
  const [row] = await connection.all<{ bytes: Buffer }>('SELECT bytes FROM checkpoints')
  if (row === undefined) return undefined
  try {
    return unpackCheckpoint(unseal(row.bytes, 0, checkpointSeed(seed)))
  } catch (error) {
    throw named(error, path, 'the checkpoint')
  }
}

async function compareKeys(
  connection: Connection,
  path: string,
  keys: readonly number[],
): Promise<Pick<StateFile, 'lastKey' | 'unnamed'>> {
  const found = (await connection.all<{ key: number }>('SELECT key FROM segments ORDER BY key')).map(({ key }) => key)
  const there = new Set(found)
  const missing = keys.find(key => !there.has(key))
  if (missing !== undefined) throw damaged(path, `segment ${missing} of the checkpoint`, 'it is missing')
  const isNamed = new Set(keys)
  return { lastKey: found.at(-1) ?? 0, unnamed: found.filter(key => !isNamed.has(key)) }
}
