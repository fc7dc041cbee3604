import type { ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { Clock } from '../../machines/protocol/clock.ts'
import type { ClientConnector, ServerConnection } from '../../net/clients.ts'
import { digestOf } from '../shared/digest.ts'
import { ClientError } from './errors.ts'

export interface FetchBackupOptions {
  /** Replicas in the order of preference. When one fails, the next is asked from the beginning. */
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  /** Time for each answer of a replica; the first takes as long as a snapshot of its state. */
  readonly timeoutMs: number
}

/**
 * Fetches the file of a backup: the replicated state of a running cluster at one point of execution, after everything
 * that was acknowledged before the call. The file is verified against the replica's digest.
 * @throws ClientError `unavailable`, with the error of each replica
 */
export async function fetchBackup({ endpoints, ...how }: FetchBackupOptions): Promise<Uint8Array> {
  const troubles: string[] = []
  for (const endpoint of endpoints) {
    try {
      return await fetchFrom(endpoint, how)
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      troubles.push(`${endpoint}: ${error.message}`)
    }
  }
  throw new ClientError('unavailable', `no replica gave a backup (${troubles.join('; ')})`)
}

function fetchFrom(
  endpoint: string,
  { connector, clock, timeoutMs }: Omit<FetchBackupOptions, 'endpoints'>,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let file = new Uint8Array()
    let received = 0
    let timer: unknown
    const fail = (reason: string): void => {
      clock.clearTimeout(timer)
      reject(new ClientError('unavailable', reason))
      connection.close()
    }
    const ask = (digest: string): void => {
      clock.clearTimeout(timer)
      timer = clock.setTimeout(
        () => fail(`no answer within ${timeoutMs} ms; a backup needs a quorum of replicas`),
        timeoutMs,
      )
      connection.send([{ type: 'backup', request: 1, digest, offset: received }])
    }
    const took = ({ digest, size, offset, bytes }: ClientMessageOf<'backupPart'>): void => {
      if (received === 0) file = new Uint8Array(size)
      if (offset !== received || size !== file.length || bytes.length === 0 || offset + bytes.length > size) {
        fail(`a part at ${offset} of ${size} was not asked for`)
        return
      }
      file.set(bytes, offset)
      received += bytes.length
      if (received < size) {
        ask(digest)
        return
      }
      if (digestOf(file) !== digest) {
        fail(`its digest is ${digestOf(file)}, not ${digest}`)
        return
      }
      clock.clearTimeout(timer)
      resolve(file)
      connection.close()
    }
    const connection: ServerConnection = connector.connect(endpoint, {
      open: () => ask(''),
      answers: answers => {
        for (const answer of answers) {
          if (answer.type === 'backupPart') took(answer)
          else if (answer.type === 'refused') fail(answer.reason)
        }
      },
      // After the last part this has no effect any more.
      ended: ({ reason }) => {
        clock.clearTimeout(timer)
        reject(new ClientError('unavailable', reason))
      },
    })
    timer = clock.setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs)
  })
}
