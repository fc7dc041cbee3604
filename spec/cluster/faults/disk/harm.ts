import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../../../storage/sqlite/connection.ts'
import { filesOf, type StoreFiles } from '../../../../storage/sqlite/files.ts'
import { createSqliteStore } from '../../../../storage/sqlite/store.ts'
import type { StoreOwner } from '../../../../storage/store.ts'
import { close, open, record, write } from '../../../storage/support/calls.ts'

/** What is done to the directory of a replica that was killed. */
export interface Harm {
  readonly what: string
  inflict(files: StoreFiles, spare: SpareStore): void | Promise<void>
  /** What the refusal must name. */
  readonly named: RegExp
}

/** The store of the same member of another cluster, as a crash left it. */
export interface SpareStore {
  readonly files: StoreFiles
}

export const harms: readonly Harm[] = [
  {
    what: 'bit flipped in the database (a record)',
    inflict: async files => {
      await emptyLog(files)
      for (const value of await storedValues(files.database, 'SELECT bytes FROM journal ORDER BY flush DESC LIMIT 1'))
        flipValue(files.database, value)
    },
    named: /storeDamaged: \S*replica\.db: flush \d+ in the journal .*checksum/,
  },
  {
    what: 'bit flipped in the database (its structure)',
    inflict: async files => {
      await emptyLog(files)
      flip(files.database, 4096)
    },
    named: /storeDamaged: .*replica\.db: .*(malformed|quick_check)/,
  },
  {
    what: 'bit flipped in the state (its segments)',
    inflict: async files => {
      for (const value of await storedValues(files.state, 'SELECT bytes FROM segments')) flipValue(files.state, value)
    },
    named: /storeDamaged: \S*state\.db: segment \d+ .*checksum/,
  },
  {
    what: 'bit flipped in the state (the checkpoint)',
    inflict: async files => {
      for (const value of await storedValues(files.state, 'SELECT bytes FROM checkpoints'))
        flipValue(files.state, value)
    },
    named: /storeDamaged: \S*state\.db: the checkpoint .*checksum/,
  },
  {
    what: 'state truncated',
    inflict: async files => {
      await (await opened(files.state, 'checkpoints')).close()
      truncateSync(files.state, statSync(files.state).size >> 1)
    },
    named: /storeDamaged: .*state\.db/,
  },
  {
    what: 'state deleted',
    inflict: files => rmSync(files.state),
    named: /storeDamaged: \S*state\.db is gone: records were deleted for its checkpoint \d+/,
  },
  {
    what: 'state from another cluster',
    inflict: (files, spare) => {
      rmSync(`${files.state}-journal`, { force: true })
      cpSync(spare.files.state, files.state)
    },
    named: /storeDamaged: \S*state\.db stands at checkpoint 0, but records were deleted for checkpoint \d+/,
  },
  {
    what: 'bit flipped in the WAL',
    inflict: files => flip(files.log, statSync(files.log).size >> 1),
    named: /storeDamaged: .*acknowledged writes are lost.*replica\.db-wal was cut off, damaged or deleted/,
  },
  {
    what: 'WAL truncated',
    inflict: files => truncateSync(files.log, statSync(files.log).size >> 1),
    named: /storeDamaged: .*acknowledged writes are lost.*replica\.db-wal was cut off, damaged or deleted/,
  },
  {
    what: 'WAL deleted',
    inflict: files => rmSync(files.log),
    named: /storeDamaged: .*acknowledged writes are lost.*replica\.db-wal was cut off, damaged or deleted/,
  },
  {
    what: 'directory from another cluster',
    inflict: (files, spare) => {
      rmSync(files.directory, { recursive: true })
      cpSync(spare.files.directory, files.directory, { recursive: true })
    },
    named: /storeForeign: .*belongs to cluster "other", not "spec"/,
  },
  {
    what: 'database from another cluster',
    inflict: (files, spare) => {
      rmSync(files.log)
      cpSync(spare.files.database, files.database)
    },
    named: /storeForeign: .*belongs to cluster "other", not "spec"/,
  },
  {
    what: 'WAL from another cluster',
    inflict: (files, spare) => cpSync(spare.files.log, files.log),
    named:
      /storeForeign: .*belongs to cluster "other"|storeDamaged: .*(malformed|quick_check|flush \d+ in the journal|is the mark of store)/,
  },
]

/** Makes the spare store. */
export async function spareStore(directory: string, owner: Omit<StoreOwner, 'storeIdentity'>): Promise<SpareStore> {
  const store = createSqliteStore({ directory: join(directory, 'open'), bootstrap: owner })
  await open(store)
  for (let index = 1; index <= 20; index++)
    await write(store, { records: [record(0, index, `vote ${index}`, `command ${index}`)] })
  // Closing would empty the log.
  const files = filesOf(join(directory, 'killed'))
  cpSync(join(directory, 'open'), files.directory, { recursive: true })
  await close(store)
  return { files }
}

/** Moves the log into the database, so that what is there counts. */
async function emptyLog({ database }: StoreFiles): Promise<void> {
  await (await opened(database)).close()
}

async function storedValues(file: string, sql: string): Promise<readonly Buffer[]> {
  const connection = await opened(file, file.endsWith('state.db') ? 'checkpoints' : 'votes')
  try {
    const rows = await connection.all<{ bytes: Buffer }>(sql)
    if (rows.length === 0) throw new Error(`nothing is found by ${sql}`)
    return rows.map(({ bytes }) => bytes)
  } finally {
    await connection.close()
  }
}

async function opened(file: string, table = 'votes'): ReturnType<typeof connect> {
  const connection = await connect(file, false)
  await connection.all(`SELECT count(*) FROM ${table}`)
  return connection
}

const pieceBytes = 16

/** Flips one bit of a stored value: in every page that holds these bytes, the stale ones too. */
function flipValue(file: string, value: Buffer): void {
  const bytes = readFileSync(file)
  // From its end, where its checksum makes it unlike any other; a piece across two pages is not found.
  for (let end = value.length; end >= pieceBytes; end -= pieceBytes) {
    const piece = Buffer.from(value.subarray(end - pieceBytes, end))
    let at = bytes.indexOf(piece)
    if (at < 0) continue
    for (; at >= 0; at = bytes.indexOf(piece, at + 1)) bytes[at + pieceBytes / 2]! ^= 0b100
    writeFileSync(file, bytes)
    return
  }
  throw new Error(`the value is not found in ${file}`)
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at]! ^= 1
  writeFileSync(file, bytes)
}
