import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { clusterSecretBytesMin } from '../../index.ts'
import { UsageError } from './exit.ts'

export const secretFileOption = (): Option =>
  new Option(
    '--cluster-secret-file <path>',
    `a file with the secret that all members share (at least ${clusterSecretBytesMin} bytes): without it nobody is a peer`,
  ).env('EPAXOS_CLUSTER_SECRET_FILE')

export interface ClusterSecret {
  readonly secret: string
  /** Others than the owner of the file may read it. */
  readonly isReadableByOthers: boolean
}

/**
 * Reads the secret of a file, without the white space around it.
 * @throws UsageError when there is none, or it is too short
 */
export function readClusterSecret(path: string): ClusterSecret {
  let secret: string
  let mode: number
  try {
    secret = readFileSync(path, 'utf8').trim()
    mode = statSync(path).mode
  } catch (cause) {
    throw new UsageError(`--cluster-secret-file ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  if (Buffer.byteLength(secret) < clusterSecretBytesMin)
    throw new UsageError(
      `--cluster-secret-file ${path}: expected a secret of at least ${clusterSecretBytesMin} bytes, found ${Buffer.byteLength(secret)}`,
    )
  return { secret, isReadableByOthers: process.platform !== 'win32' && (mode & 0o077) !== 0 }
}

const secretBytes = 32

/**
 * The file with the secret of a cluster whose data is in one directory; made there, for its owner alone, when there is
 * none. Of several processes that make it at the same moment one does, and all use its secret.
 */
export function clusterSecretIn(data: string): string {
  const path = join(data, 'cluster-secret')
  mkdirSync(data, { recursive: true })
  const mine = `${path}.${process.pid}`
  const file = openSync(mine, 'w', 0o600)
  try {
    writeSync(file, `${randomBytes(secretBytes).toString('hex')}\n`)
    fsyncSync(file)
    // A link replaces nothing, and the file is whole when it is there.
    linkSync(mine, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    rmSync(mine, { force: true })
  }
  return path
}
