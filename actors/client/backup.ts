import type { ClientMessageOf } from '../../machines/protocol/client-messages.ts'
import type { Clock } from '../../machines/protocol/clock.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { ClientConnector, ServerConnection } from '../../net/clients.ts'
import { ClientError } from './errors.ts'

/** Takes the file of a backup as it comes. What it throws ends the fetch, and is thrown by it. */
export interface BackupSink {
  /** Called first, and when another replica is asked from the beginning: what was written before is of no use. */
  begin(): void
  /** Called with the bytes of the file, in order. They are not changed afterwards. */
  write(bytes: Uint8Array): void
}

/** Checks the file of a backup as it comes. An error of the library that it throws is the fault of the replica. */
export interface ArrivingFile<T> {
  add(bytes: Uint8Array): void
  /** Called after the last byte. @returns what the file says of itself */
  end(): T
}

export interface FetchBackupOptions<T> {
  /** Replicas in the order of preference. When one fails, the next is asked from the beginning. */
  readonly endpoints: readonly string[]
  readonly connector: ClientConnector
  readonly clock: Clock
  /** Time for each answer of a replica; the first takes as long as a checkpoint of its state. */
  readonly timeoutMs: number
  readonly sink: BackupSink
  /** Begins the check of a file of so many bytes. */
  check(size: number): ArrivingFile<T>
}

/** The size of the file that was fetched. */
export interface FetchedBytes {
  readonly bytes: number
}

/** An error of the sink, which is no fault of a replica. */
class SinkError extends Error {}

/**
 * Fetches the file of a backup, part by part: the replicated state of a running cluster at one point of execution, after
 * everything that was acknowledged before the call. The sink has the whole file, and each region of it was checked, when
 * the promise resolves.
 * @throws ClientError `unavailable`, with the error of each replica
 */
export async function fetchBackup<T>({ endpoints, ...how }: FetchBackupOptions<T>): Promise<T & FetchedBytes> {
  const troubles: string[] = []
  for (const endpoint of endpoints) {
    try {
      return await fetchFrom(endpoint, how)
    } catch (error) {
      if (error instanceof SinkError) throw error.cause
      if (!(error instanceof ClientError)) throw error
      troubles.push(`${endpoint}: ${error.message}`)
    }
  }
  throw new ClientError('unavailable', `no replica gave a backup (${troubles.join('; ')})`)
}

/** The file of a backup as it comes: checked, and given to the sink. */
class Arriving<T> {
  readonly #begin: (size: number) => ArrivingFile<T>
  readonly #sink: BackupSink
  #check: ArrivingFile<T> | undefined
  #name = ''
  #size = 0
  #received = 0

  constructor(begin: (size: number) => ArrivingFile<T>, sink: BackupSink) {
    this.#begin = begin
    this.#sink = sink
  }

  /** What is to be asked for next. */
  get wanted(): { readonly digest: string; readonly offset: number } {
    return { digest: this.#name, offset: this.#received }
  }

  /**
   * Takes a part in. @returns what was fetched, once all has come
   * @throws ClientError, SinkError, and what the check throws
   */
  took({ digest, size, offset, bytes }: ClientMessageOf<'backupPart'>): (T & FetchedBytes) | undefined {
    if (this.#check === undefined) {
      this.#check = this.#begin(size)
      this.#name = digest
      this.#size = size
      this.#write(() => this.#sink.begin())
    }
    const isExpected = digest === this.#name && size === this.#size && offset === this.#received
    if (!isExpected || bytes.length === 0 || offset + bytes.length > size)
      throw new ClientError('unavailable', `a part at ${offset} of ${size} was not asked for`)
    this.#check.add(bytes)
    this.#write(() => this.#sink.write(bytes))
    this.#received += bytes.length
    if (this.#received < size) return undefined
    return { ...this.#check.end(), bytes: size }
  }

  #write(write: () => void): void {
    try {
      write()
    } catch (cause) {
      throw new SinkError('the backup cannot be written', { cause })
    }
  }
}

function fetchFrom<T>(
  endpoint: string,
  { connector, clock, timeoutMs, sink, check }: Omit<FetchBackupOptions<T>, 'endpoints'>,
): Promise<T & FetchedBytes> {
  return new Promise((resolve, reject) => {
    const arriving = new Arriving(check, sink)
    let isOver = false
    let timer: unknown
    const over = (settle: () => void): void => {
      isOver = true
      clock.clearTimeout(timer)
      settle()
      connection.close()
    }
    const fail = (reason: string): void => over(() => reject(new ClientError('unavailable', reason)))
    const ask = (): void => {
      clock.clearTimeout(timer)
      timer = clock.setTimeout(
        () => fail(`no answer within ${timeoutMs} ms; a backup needs a quorum of replicas`),
        timeoutMs,
      )
      connection.send([{ type: 'backup', request: 1, ...arriving.wanted }])
    }
    const took = (part: ClientMessageOf<'backupPart'>): void => {
      try {
        const fetched = arriving.took(part)
        if (fetched === undefined) ask()
        else over(() => resolve(fetched))
      } catch (error) {
        if (error instanceof EpaxosError) fail(error.message)
        else over(() => reject(error))
      }
    }
    const connection: ServerConnection = connector.connect(endpoint, {
      open: ask,
      answers: answers => {
        for (const answer of answers) {
          if (isOver) return
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
