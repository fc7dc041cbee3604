import sqlite3 from 'sqlite3'

/** The parameters that SQLite takes here. */
export type Parameter = string | number | Uint8Array

/** A statement prepared once and run often. */
export interface Prepared {
  run(parameters: readonly Parameter[], done: (error: Error | null) => void): void
  finalize(): Promise<void>
}

/** One handle of one database. Errors are SQLite's own (`code` 'SQLITE_...'); one call at a time. */
export interface Connection {
  execute(sql: string): Promise<void>
  all<Row>(sql: string, ...parameters: readonly Parameter[]): Promise<Row[]>
  prepare(sql: string): Promise<Prepared>
  close(): Promise<void>
}

/** Time to wait for a lock: a process that was just killed may hold its locks for a moment. */
const busyTimeoutMs = 250

type Callback<T> = (error: Error | null, value?: T) => void

const promised = <T>(start: (callback: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    start((error, value) => (error === null ? resolve(value as T) : reject(error)))
  })

/**
 * Opens a database file.
 * @param create whether to create a missing file; otherwise it must exist
 */
export async function connect(file: string, create: boolean): Promise<Connection> {
  let database!: sqlite3.Database
  const flags = sqlite3.OPEN_READWRITE | (create ? sqlite3.OPEN_CREATE : 0)
  await promised<void>(callback => {
    database = new sqlite3.Database(file, flags, callback)
  })
  database.configure('busyTimeout', busyTimeoutMs)
  return {
    execute: sql => promised<void>(callback => database.exec(sql, error => callback(error))),
    all: <Row>(sql: string, ...parameters: readonly Parameter[]) =>
      promised<Row[]>(callback => database.all<Row>(sql, parameters, callback)),
    async prepare(sql) {
      let statement!: sqlite3.Statement
      await promised<void>(callback => {
        statement = database.prepare(sql, error => callback(error))
      })
      return {
        run: (parameters, done) => {
          statement.run(parameters, (error: Error | null) => done(error))
        },
        finalize: () => promised<void>(callback => statement.finalize(() => callback(null))),
      }
    },
    close: () => promised<void>(callback => database.close(callback)),
  }
}
