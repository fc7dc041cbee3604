import { StoreError } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { singleSeed } from '../keys.ts'
import { SealError, seal, sealBytes, unseal } from '../seal.ts'

/** Version 3 has a journal. It is empty, and all flushes that were counted are in the tables: they count as folded. */
export async function fromTwoToThree(connection: Connection, file: string): Promise<void> {
  await connection.execute('CREATE TABLE journal (flush INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
  const [row] = await connection.all<{ bytes: Buffer }>("SELECT bytes FROM singles WHERE name = 'flushes'")
  if (row === undefined) throw damaged(file, 'it is missing')
  const flushes = read(row.bytes, file)
  const folded = Buffer.alloc(flushes.length + sealBytes)
  seal(folded, 0, singleSeed('folded'), flushes)
  await connection.all("UPDATE singles SET name = 'folded', bytes = ? WHERE name = 'flushes'", folded)
}

function read(bytes: Buffer, file: string): Uint8Array {
  try {
    return unseal(bytes, 0, singleSeed('flushes'))
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw damaged(file, error.message)
  }
}

const damaged = (file: string, found: string): StoreError =>
  new StoreError('storeDamaged', `${file}: the flushes value does not read back as it was written: ${found}`)
