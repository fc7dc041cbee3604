import type { StoredCheckpoint } from '../../state-store.ts'
import type { Connection } from '../connection.ts'
import { damaged, named } from '../errors.ts'
import { checkpointSeed, segmentSeed } from '../keys.ts'
import { seal, sealBytes, unseal } from '../seal.ts'
import { addStatement, commitStatement, readStatement } from './schema.ts'
import { packCheckpoint } from './stored-checkpoint.ts'

/** Where rows of a state are: the file, and the seed of the store that it belongs to. */
export interface StateRows {
  readonly connection: Connection
  readonly path: string
  readonly seed: number
}

/** Segments as the parameters of one statement: the caller's bytes are not looked at afterwards. */
export function packSegments(
  { seed }: Pick<StateRows, 'seed'>,
  segments: readonly Uint8Array[],
  keys: readonly number[],
) {
  const parameters = segments.flatMap((bytes, at) => [keys[at]!, sealSegment(bytes, seed, keys[at]!)])
  return ({ connection }: Pick<StateRows, 'connection'>) => connection.all(addStatement(keys.length), ...parameters)
}

/** The same for a checkpoint. */
export function packCommit({ seed }: Pick<StateRows, 'seed'>, checkpoint: StoredCheckpoint, flushes: number) {
  const row = sealed(packCheckpoint({ ...checkpoint, flushes }), checkpointSeed(seed))
  return ({ connection }: Pick<StateRows, 'connection'>) => connection.all(commitStatement, row)
}

/** @throws SQLite's error, or StoreError `storeDamaged` */
export async function readSegment({ connection, path, seed }: StateRows, key: number): Promise<Uint8Array> {
  const [row] = await connection.all<{ bytes: Buffer }>(readStatement, key)
  if (row === undefined) throw damaged(path, `segment ${key}`, 'it is missing')
  return unsealSegment(row.bytes, seed, key, path)
}

/** A segment as its row has it. */
export const sealSegment = (bytes: Uint8Array, seed: number, key: number): Buffer =>
  sealed(bytes, segmentSeed(seed, key))

/** @throws StoreError `storeDamaged` when the row does not hold what was written under this key */
export function unsealSegment(row: Buffer, seed: number, key: number, path: string): Uint8Array {
  try {
    return unseal(row, 0, segmentSeed(seed, key))
  } catch (error) {
    throw named(error, path, `segment ${key}`)
  }
}

function sealed(bytes: Uint8Array, seed: number): Buffer {
  const target = Buffer.allocUnsafe(bytes.length + sealBytes)
  seal(target, 0, seed, bytes)
  return target
}
