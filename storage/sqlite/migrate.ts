import type { Connection } from './connection.ts'
import { fromFourToFive } from './migrations/from-four-to-five.ts'
import { fromOneToTwo } from './migrations/from-one-to-two.ts'
import { fromThreeToFour } from './migrations/from-three-to-four.ts'
import { fromTwoToThree } from './migrations/from-two-to-three.ts'
import { doors, schemaVersion } from './schema.ts'

/** One step: the tables of a schema version become those of the next. @throws StoreError `storeDamaged` */
type Migration = (connection: Connection, file: string) => Promise<void>

/**
 * Migrations by the version that they begin at. A step is never changed: it defines the meaning of the bytes of its
 * time, and uses nothing whose meaning may change.
 */
const migrations: { readonly [from: number]: Migration } = {
  1: fromOneToTwo,
  2: fromTwoToThree,
  3: fromThreeToFour,
  4: fromFourToFive,
}

/**
 * Begins a transaction in which the database is of this program's schema version; the caller commits it once it has
 * found no fault in the contents.
 */
export async function beginMigration(connection: Connection, file: string, version: number): Promise<void> {
  await connection.execute('BEGIN IMMEDIATE')
  for (let from = version; from < schemaVersion; from++) await migrations[from]!(connection, file)
  await connection.execute(`${doors} PRAGMA user_version = ${schemaVersion}`)
}
