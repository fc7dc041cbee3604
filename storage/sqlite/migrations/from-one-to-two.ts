import { Packr } from 'msgpackr'
import { StoreError } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { commandSeed, keyBytes } from '../keys.ts'
import { SealError, seal, sealBytes, unseal } from '../seal.ts'

const pageCommands = 2_000
const packr = new Packr({ useRecords: false, variableMapSize: true })

/** A command as it was packed: its footprint, and its payloads as their lengths and all of them joined. */
type Packed = readonly [footprint: unknown, payloads: readonly [lengths: readonly number[], joined: Uint8Array]]

/**
 * Version 2 has sessions: each payload of a command is an envelope, and a payload of version 1 becomes an envelope of
 * kind 0. Snapshots of version 1 know no sessions, and are dropped: version 1 dropped no record, so the executed set
 * follows from the records.
 */
export async function fromOneToTwo(connection: Connection, file: string): Promise<void> {
  await connection.all("DELETE FROM singles WHERE name = 'snapshot'")
  let after: Uint8Array | undefined = Buffer.alloc(0)
  while (after !== undefined) {
    const rows: { key: Buffer; bytes: Buffer }[] = await connection.all(
      'SELECT key, bytes FROM commands WHERE key > ? ORDER BY key LIMIT ?',
      after,
      pageCommands,
    )
    const sealed = rows.map(row => enveloped(row.key, row.bytes, file))
    let end = 1
    const places = sealed.map(({ length }) => {
      const begin = end
      end += length
      return `[${begin},${length - keyBytes}]`
    })
    await connection.all(
      `INSERT INTO commands
         SELECT substr(?1, value ->> 0, ${keyBytes}), substr(?1, (value ->> 0) + ${keyBytes}, value ->> 1)
         FROM json_each(?2) WHERE TRUE
         ON CONFLICT DO UPDATE SET bytes = excluded.bytes`,
      Buffer.concat(sealed),
      `[${places.join()}]`,
    )
    after = rows.length === pageCommands ? rows.at(-1)?.key : undefined
  }
}

/** The key, and the sealed command with its payloads in envelopes. */
function enveloped(key: Buffer, bytes: Buffer, file: string): Buffer {
  const command = wrapped(read(key, bytes, file))
  const row = Buffer.alloc(keyBytes + command.length + sealBytes)
  key.copy(row)
  seal(row, keyBytes, commandSeed(key, 0), command)
  return row
}

function read(key: Buffer, bytes: Buffer, file: string): Uint8Array {
  try {
    return unseal(bytes, 0, commandSeed(key, 0))
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new StoreError(
      'storeDamaged',
      `${file}: the command under key ${key.toString('hex')} does not read back as it was written: ${error.message}`,
    )
  }
}

function wrapped(command: Uint8Array): Uint8Array {
  const [footprint, [lengths, joined]] = packr.unpack(command) as Packed
  let end = 0
  const envelopes = lengths.map(length => {
    const begin = end
    end += length
    return packr.pack([0, joined.subarray(begin, end)])
  })
  return packr.pack([footprint, [envelopes.map(({ length }) => length), new Uint8Array(Buffer.concat(envelopes))]])
}
