import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { connect } from '../../../storage/sqlite/connection.ts'

/** Flips a bit of a file, in the second byte of a text that stands there. */
export function flipBitIn(file: string, text: string): void {
  const bytes = readFileSync(file)
  const at = bytes.indexOf(text)
  expect(at, `${text} in the file`).to.be.greaterThan(0)
  bytes[at + 1] = bytes[at + 1]! ^ 0b100
  writeFileSync(file, bytes)
}

/** Changes a database behind the back of its store. @param create whether a missing one is made */
export async function executeIn(file: string, sql: string, create: boolean): Promise<void> {
  const connection = await connect(file, create)
  await connection.execute(sql)
  await connection.close()
}
