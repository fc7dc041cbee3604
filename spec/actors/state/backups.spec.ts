import { expect } from 'chai'
import { fetchBackup } from '../../../actors/client/backup.ts'
import { ClientError } from '../../../actors/client/errors.ts'
import { ReplicatedState } from '../../../actors/execution/replicated-state.ts'
import type { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { BackupError, decodeBackup, encodeBackup } from '../../../actors/state/backup-file.ts'
import { snapshotToBeginWith } from '../../../actors/state/snapshots.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'
import { userStateMachine } from '../support/user-state-machine.ts'

const codec = createCodec(defaultLimits)
const backup = { cluster: 'c', member: 2, takenMs: 5, commands: 7, state: Uint8Array.of(1, 2, 3) }

/** What fetches a backup: endpoints are member ids. */
const options = (
  { replicas, clock }: MemoryCluster<KvCommand, KvResult>,
  endpoints: readonly string[],
): Parameters<typeof fetchBackup>[0] => ({
  endpoints,
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

describe('backup file', () => {
  it('reads back as it was written', () => {
    expect(decodeBackup(encodeBackup(backup, codec), codec)).to.eql(backup)
  })

  it('is refused with any byte changed, cut off, or of another version', () => {
    const file = encodeBackup(backup, codec)
    for (let at = 0; at < file.length; at++) {
      const damaged = file.slice()
      damaged[at]! ^= 4
      expect(() => decodeBackup(damaged, codec), `byte ${at}`).to.throw(BackupError)
      expect(() => decodeBackup(file.subarray(0, at), codec), `${at} bytes`).to.throw(BackupError)
    }
    const later = new TextEncoder().encode('EPAXOS BACKUP 2\nwhatever')
    expect(() => decodeBackup(later, codec))
      .to.throw(BackupError, /version 2/)
      .with.property('code', 'backupVersion')
  })
})

describe('backups', () => {
  const cluster = () =>
    memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { snapshotChunkBytes: 50 },
    })

  /** What came of it, while time passes. */
  async function outcome<T>(made: MemoryCluster<KvCommand, KvResult>, promise: Promise<T>): Promise<T> {
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    await made.until('the backup', () => settled)
    return promise
  }

  it('are refused without a quorum, and it is said that there is none', async () => {
    const made = await cluster()
    made.cut(3)
    const fetching = () => outcome(made, fetchBackup(options(made, ['3']))).catch((error: unknown) => error)
    const errors: unknown[] = []
    for (let times = 0; times <= defaultLimits.backupsMax; times++) errors.push(await fetching())
    expect(String(errors[0])).to.contain('needs a quorum')
    expect(String(errors.at(-1))).to.contain('hears too few of the others')
  })

  it('hold all that was acknowledged before, in many parts, though the replica that is asked was behind', async () => {
    const made = await cluster()
    const { replicas, execute, cut, heal } = made
    cut(3)
    for (let at = 0; at < 20; at++) await execute(1, put(`k${at}`, `${at}`))
    expect(replicas[2]!.status().commandsExecuted).to.equal(0)
    heal(3)
    const file = decodeBackup(await outcome(made, fetchBackup(options(made, ['3']))), codec)
    expect(file).to.include({ cluster: 'memory', member: 3 })
    expect(file.commands).to.be.at.least(20)
    const machine = createKvStateMachine()
    const user = userStateMachine(machine, codec)
    new ReplicatedState(user, codec, () => undefined).restore(file.state)
    expect(machine.size).to.equal(20)
  })

  it('are what the replicas of a new cluster begin with', async () => {
    const made = await cluster()
    await made.execute(1, put('k', 'v'))
    const file = decodeBackup(await outcome(made, fetchBackup(options(made, ['1']))), codec)
    const next = await memoryCluster<KvCommand, KvResult>({
      n: 5,
      stateMachine: () => createKvStateMachine(),
      snapshot: codec.encodeData(snapshotToBeginWith(file.state, file.commands, 5)),
      limits: { digestIntervalMs: 300 },
    })
    expect(next.replicas.map(replica => replica.query(get('k')))).to.eql(Array(5).fill({ ok: true, value: 'v' }))
    await next.execute(4, put('k', 'w'))
    await next.pass(2_000)
    expect(next.replicas.map(replica => replica.query(get('k')))).to.eql(Array(5).fill({ ok: true, value: 'w' }))
    expect(next.replicas.map(replica => replica.state)).to.eql(Array(5).fill('voting'))
  })

  it('come from the next replica when one is no use; without any there is a reason for each', async () => {
    const made = await cluster()
    void made.replicas[0]!.stop()
    await made.until('it has stopped', () => made.replicas[0]!.state === 'stopped')
    const file = await outcome(made, fetchBackup(options(made, ['1', '2'])))
    expect(decodeBackup(file, codec).member).to.equal(2)
    made.cut(2)
    await made.pass(1_000)
    const error = await outcome(
      made,
      fetchBackup(options(made, ['1', '2'])).catch(found => found),
    )
    expect(error).to.be.instanceOf(ClientError).with.property('code', 'unavailable')
    expect(error.message).to.match(/\(1: .+; 2: this replica hears too few of the others .+\)/)
  })

  it('are refused beyond the limit, and kept for a minute after they were last asked for', async () => {
    const made = await cluster()
    const codes: string[] = []
    const digests: string[] = []
    const client = made.replicas[0]!.connected({
      send: answers => {
        for (const answer of answers) {
          if (answer.type === 'refused') codes.push(answer.code)
          if (answer.type === 'backupPart') digests.push(answer.digest)
        }
      },
      close: () => undefined,
    })
    const ask = (digest: string) => client.requests([{ type: 'backup', request: 1, digest, offset: 0 }])
    ask('')
    ask('')
    ask('')
    await made.pass(1_000)
    expect(digests).to.have.length(2)
    ask('')
    expect(codes).to.eql(['overloaded', 'overloaded'])
    await made.pass(61_000)
    ask(digests[0]!)
    expect(codes.at(-1)).to.equal('notReady')
    ask('')
    await made.pass(1_000)
    expect(digests).to.have.length(3)
  })
})
