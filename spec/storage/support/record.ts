/**
 * Records the databases of three replicas as this version of the program writes them, for later ones to open:
 *
 *     npx tsx spec/storage/support/record.ts > spec/storage/sqlite/golden/schema-5.json
 *
 * In them: notes under two keys, some of them of a session, a snapshot with records above it, reserved indices, and one command that replica 3
 * has proposed and nobody else has heard of.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { createMemoryNetwork, createReplica, createSqliteStore, type Replica, systemClock } from '../../../index.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { executeOne } from '../../support/session-messages.ts'
import { removeDirectory, temporaryDirectory } from './directory.ts'
import { createNotes, type NotesCommand } from './notes-machine.ts'

const members = [1, 2, 3]
const codec = createCodec(defaultLimits)
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Notes of a session, through the door of clients. @returns its name */
async function noteInSession(replica: Replica<NotesCommand, readonly string[]>): Promise<string> {
  let answered: (answer: { readonly type: string; readonly session?: string }) => void = () => undefined
  const client = replica.connected({
    send: ([answer]) => answered(answer!),
    close: () => undefined,
  })
  const ask = (request: Parameters<typeof client.requests>[0][number]) =>
    new Promise<{ readonly type: string; readonly session?: string }>(resolve => {
      answered = resolve
      client.requests([request])
    })
  const { session = '' } = await ask({ type: 'openSession', request: 1 })
  for (const sequence of [1, 2]) {
    const payload = codec.encodeData(['a', `of the session, ${sequence}`])
    await ask(executeOne({ request: 1 + sequence, payload, session, sequence, floor: 0 }))
  }
  return session
}

const directories = members.map(temporaryDirectory)
const network = createMemoryNetwork({ clock: systemClock })
const machines = members.map(createNotes)
const replicas = members.map((id, at) =>
  createReplica({
    id,
    members,
    stateMachine: machines[at]!,
    transport: network.transport(id),
    store: createSqliteStore({
      directory: directories[at]!,
      bootstrap: { cluster: 'recorded', member: id, members, epoch: 1 },
      // So that both the journal and the tables hold records.
      limits: { journalBytesMax: 1_000, segmentBytes: 200 },
    }),
    limits: { snapshotCommands: 8, recordsKept: 4, digestIntervalMs: 0, reservedIndices: 16 },
  }),
)
await Promise.all(replicas.map(replica => replica.start()))
await pause(300)
for (let at = 0; at < 20; at++) await replicas[at % 3]!.propose([at % 2 === 0 ? 'a' : 'b', `note ${at}`])
const session = process.argv.includes('--without-session') ? undefined : await noteInSession(replicas[0]!)
await pause(500)
const notes = machines[0]!.notes()
for (const other of [1, 2]) {
  network.cut(3, other)
  network.cut(other, 3)
}
replicas[2]!.propose(['a', 'of replica 3 alone']).catch(() => undefined)
await pause(100)
await Promise.all(replicas.map(replica => replica.stop()))

const files = (directory: string) =>
  Object.fromEntries(
    ['replica.db', 'replica.db-wal', 'replica.mark', 'state.db', 'state.db-journal']
      .filter(name => existsSync(join(directory, name)))
      .map(name => [name, gzipSync(readFileSync(join(directory, name))).toString('base64')]),
  )
const recorded = { notes, session, pending: 'of replica 3 alone', directories: directories.map(files) }
process.stdout.write(`${JSON.stringify(recorded, undefined, 1)}\n`)
directories.forEach(removeDirectory)
process.exit()
