import { expect } from 'chai'
import type { BackupSink } from '../../../../actors/client/backup.ts'
import { type FetchOptions, fetchBackup } from '../../../../actors/node/fetch-backup.ts'
import type { Replica } from '../../../../actors/replica/replica.ts'
import type { Backup } from '../../../../actors/state/backup-file.ts'
import { beginWithBackup } from '../../../../actors/state/begin-with-backup.ts'
import { decodeBackup } from '../../../../actors/state/read-backup.ts'
import type { KvCommand, KvResult } from '../../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../../examples/kv/state-machine.ts'
import type { ClientPeerEvents } from '../../../../net/clients.ts'
import type { StateStore } from '../../../../storage/state-store.ts'
import type { Store } from '../../../../storage/store.ts'
import { type MemoryCluster, memoryCluster } from '../../support/memory-cluster.ts'
import { codec } from './backup-files.ts'

/** What fetches a backup: endpoints are member ids. */
export const options = (
  { replicas, clock }: MemoryCluster<KvCommand, KvResult>,
  endpoints: readonly string[],
  sink: BackupSink,
): FetchOptions => ({
  endpoints,
  codec,
  sink,
  clock,
  timeoutMs: 2_000,
  connector: {
    connect(endpoint, events) {
      let peer: ClientPeerEvents | undefined
      const replica: Replica<KvCommand, KvResult> = replicas[Number(endpoint) - 1]!
      queueMicrotask(() => {
        peer = replica.connected({
          send: answers =>
            queueMicrotask(() => {
              for (const answer of answers) if (answer.type === 'welcome') events.open(answer)
              events.answers(answers.filter(answer => answer.type !== 'welcome'))
            }),
          close: reason => queueMicrotask(() => events.ended({ code: 'lost', reason })),
        })
      })
      return {
        send: requests => peer?.requests(requests),
        close: () => queueMicrotask(() => events.ended({ code: 'closed', reason: 'closed' })),
      }
    },
  },
})

/** A store, some calls of whose state are others. */
export const withState = (store: Store, calls: Partial<StateStore>): Store => ({
  get state(): StateStore {
    const { state } = store
    return {
      add: (segments, done) => state.add(segments, done),
      commit: (checkpoint, done) => state.commit(checkpoint, done),
      drop: keys => state.drop(keys),
      read: (key, done) => state.read(key, done),
      pin: keys => state.pin(keys),
      ...calls,
    }
  },
  open: done => store.open(done),
  close: done => store.close(done),
  write: (batch, done) => store.write(batch, done),
})

/** Three replicas of a store, whose backups come in parts of 50 bytes. */
export const cluster = () =>
  memoryCluster<KvCommand, KvResult>({
    stateMachine: () => createKvStateMachine(),
    limits: { snapshotChunkBytes: 50 },
  })

/** What came of it, while time passes. */
export async function outcome<T>(made: MemoryCluster<KvCommand, KvResult>, promise: Promise<T>): Promise<T> {
  let settled = false
  const done = () => {
    settled = true
  }
  promise.then(done, done)
  await made.until('the backup', () => settled)
  return promise
}

/** The file of a backup, in the parts in which it came. */
export async function fetched(made: MemoryCluster<KvCommand, KvResult>, ...endpoints: readonly string[]) {
  const parts: Uint8Array[] = []
  const sink: BackupSink = {
    begin: () => parts.splice(0),
    write: bytes => parts.push(bytes),
  }
  const result = await outcome(made, fetchBackup(options(made, endpoints, sink)))
  const bytes = new Uint8Array(Buffer.concat(parts))
  expect(result.bytes).to.equal(bytes.length)
  const file = decodeBackup(bytes, codec)
  const { cluster, member, takenMs, commands } = file
  expect(result).to.eql({ cluster, member, takenMs, commands, bytes: bytes.length })
  return { file, parts }
}

/** A new cluster that begins with a backup. */
export const begun = (file: Backup, n: number) =>
  memoryCluster<KvCommand, KvResult>({
    n,
    stateMachine: () => createKvStateMachine(),
    beginWith: () => beginWithBackup(file, n, codec),
    limits: { digestIntervalMs: 300 },
  })
