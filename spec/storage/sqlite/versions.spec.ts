import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { createMemoryNetwork, createReplica, createSqliteStore, type Replica, systemClock } from '../../../index.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { connect } from '../../../storage/sqlite/connection.ts'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { commandSeed, keyBytes, voteSeed, writeKey } from '../../../storage/sqlite/keys.ts'
import { readPragma } from '../../../storage/sqlite/pragmas.ts'
import { schemaVersion, schemaVersionOldest } from '../../../storage/sqlite/schema.ts'
import { seal, sealBytes } from '../../../storage/sqlite/seal.ts'
import { until } from '../../contracts/transport.ts'
import { executeOne, firstResult } from '../../support/session-messages.ts'
import { close, errorOf, open } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'
import { createNotes, type NotesCommand } from '../support/notes-machine.ts'
import { type Recorded, recordedOf, restoreRecorded } from '../support/recorded.ts'

type NotesReplica = Replica<NotesCommand, readonly string[]>
const codec = createCodec(defaultLimits)
const members = [1, 2, 3]
const versions = Array.from({ length: schemaVersion - schemaVersionOldest + 1 }, (_, at) => schemaVersionOldest + at)

/** Runs something on the database of a store that is closed. */
async function inside<T>(directory: string, run: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>) {
  const connection = await connect(filesOf(directory).database, false)
  try {
    return await run(connection)
  } finally {
    await connection.close()
  }
}
const versionOf = (directory: string) => inside(directory, connection => readPragma(connection, 'user_version'))

describe('SQLite store: databases of older schema versions', () => {
  let directories: string[]
  let running: NotesReplica[]
  const restore = (recorded: Recorded) => {
    directories.forEach((directory, at) => {
      restoreRecorded(recorded, at, directory)
    })
  }
  beforeEach(() => {
    directories = members.map(temporaryDirectory)
    running = []
  })
  afterEach(async () => {
    await Promise.all(running.map(replica => replica.stop()))
    directories.forEach(removeDirectory)
  })

  /** Three replicas on the directories, and what each of them has executed. */
  async function start() {
    const network = createMemoryNetwork({ clock: systemClock })
    const machines = members.map(createNotes)
    running = members.map((id, at) =>
      createReplica({
        id,
        members,
        stateMachine: machines[at]!,
        transport: network.transport(id),
        store: createSqliteStore({ directory: directories[at]!, expect: { cluster: 'recorded', member: id } }),
      }),
    )
    await Promise.all(running.map(replica => replica.start()))
    return { replicas: running, noted: (key: string) => machines.map(machine => machine.notes()[key]?.join()) }
  }
  async function stop(): Promise<void> {
    await Promise.all(running.splice(0).map(replica => replica.stop()))
  }

  for (const version of versions)
    it(`version ${version}: replicas know all that was executed, decide what was not, and go on`, async () => {
      const recorded = recordedOf(version)
      restore(recorded)
      expect(await versionOf(directories[0]!)).to.equal(version)
      const { replicas, noted } = await start()
      const notes = [...recorded.notes.a!, recorded.pending]
      await until('all have executed the same', () => noted('a').every(all => all === notes.join()))
      expect(noted('b')).to.deep.equal(members.map(() => recorded.notes.b!.join()))
      for (const id of members) notes.push((await replicas[id - 1]!.propose(['a', `new of ${id}`])).at(-1)!)
      await until('what is new is executed', () => noted('a').every(all => all === notes.join()))
      expect(notes.slice(-3)).to.deep.equal(['new of 1', 'new of 2', 'new of 3'])

      await stop()
      expect(await versionOf(directories[0]!)).to.equal(schemaVersion)
      const again = await start()
      await until('they know it all once more', () => again.noted('a').every(all => all === notes.join()))
    })

  for (const version of versions.filter(version => version >= 2))
    it(`version ${version}: a retry of a command of a session has its first answer`, async () => {
      const recorded = recordedOf(version)
      restore(recorded)
      const { replicas } = await start()
      const answers: ClientAnswer[] = []
      const client = replicas[1]!.connected({ send: said => answers.push(...said), close: () => undefined })
      const payload = codec.encodeData(['a', 'of the session, 1'])
      const session = recorded.session!
      client.requests([executeOne({ request: 1, payload, session, sequence: 1, floor: 0 })])
      const first = () => answers.map(answer => firstResult(answer, codec)).find(found => found !== undefined)
      await until('it is answered', () => first() !== undefined)
      expect(first()?.result).to.deep.equal(recorded.notes.a!.slice(0, -1))
    })

  it('version 4: what was reserved is known', async () => {
    restore(recordedOf(4))
    const store = createSqliteStore({ directory: directories[0]! })
    const { reserved, records } = await open(store)
    await close(store)
    const given = Math.max(...records.filter(({ rank }) => rank === 0).map(({ index }) => index))
    expect(reserved).to.be.above(given)
  })

  it('version 1: every payload of every command becomes an envelope, page after page', async () => {
    const [directory] = directories as [string]
    restoreRecorded(recordedOf(1), 0, directory)
    const count = 4_321
    await inside(directory, async connection => {
      await connection.execute('BEGIN')
      for (let index = 1_000; index < 1_000 + count; index++) {
        const key = Buffer.alloc(keyBytes)
        writeKey(key, 0, { epoch: 1, rank: 2, index })
        const payloads = [codec.encodeData(`${index}`), codec.encodeData('x'.repeat(index % 400))]
        const command = codec.encodeCommand({ footprint: { reads: ['r'], writes: 'all' }, payloads })
        const sealed = Buffer.alloc(command.length + sealBytes)
        seal(sealed, 0, commandSeed(key, 0), command)
        const vote = Buffer.alloc(sealBytes)
        seal(vote, 0, voteSeed(key, 0), new Uint8Array())
        await connection.all('INSERT INTO commands VALUES (?, ?)', key, sealed)
        await connection.all('INSERT INTO votes VALUES (?, ?)', key, vote)
      }
      await connection.execute('COMMIT')
    })
    const store = createSqliteStore({ directory })
    const { records, snapshot } = await open(store)
    await close(store)
    expect(snapshot, 'it follows from the records').to.equal(undefined)
    const added = records.filter(({ index }) => index >= 1_000)
    expect(added).to.have.length(count)
    for (const { index, command } of added) {
      const { footprint, payloads } = codec.decodeCommand(command!)
      expect(footprint).to.deep.equal({ reads: ['r'], writes: 'all' })
      const inner = payloads.map(payload => codec.decodeData(payload) as [number, Uint8Array])
      expect(inner.map(([kind]) => kind)).to.deep.equal([0, 0])
      expect(inner.map(([, bytes]) => codec.decodeData(bytes))).to.deep.equal([`${index}`, 'x'.repeat(index % 400)])
    }
  })

  it('one that is refused stays as it was', async () => {
    const [directory] = directories as [string]
    restoreRecorded(recordedOf(1), 0, directory)
    const foreign = await errorOf(open(createSqliteStore({ directory, expect: { member: 2 } })))
    expect(foreign.code).to.equal('storeForeign')
    expect(await versionOf(directory)).to.equal(1)
    await inside(directory, connection =>
      connection.all('UPDATE commands SET bytes = substr(bytes, 1, 10) WHERE key = (SELECT max(key) FROM commands)'),
    )
    const damaged = await errorOf(open(createSqliteStore({ directory })))
    expect(damaged.code).to.equal('storeDamaged')
    expect(damaged.message).to.include(filesOf(directory).database).and.include('does not read back')
    expect(await versionOf(directory)).to.equal(1)
  })

  it('one of a version that is not known is refused with both versions, newer or older', async () => {
    const [directory] = directories as [string]
    for (const version of [schemaVersionOldest - 1, schemaVersion + 1]) {
      restoreRecorded(recordedOf(1), 0, directory)
      await inside(directory, connection => connection.execute(`PRAGMA user_version = ${version}`))
      const error = await errorOf(open(createSqliteStore({ directory })))
      expect(error.code).to.equal('storeVersion')
      expect(error.message).to.include(
        `schema version ${version}; this program knows ${schemaVersionOldest} to ${schemaVersion}`,
      )
    }
  })
})
