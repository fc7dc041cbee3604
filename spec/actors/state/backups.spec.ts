import { expect } from 'chai'
import type { BackupSink } from '../../../actors/client/backup.ts'
import { ClientError } from '../../../actors/client/errors.ts'
import { type FetchOptions, fetchBackup } from '../../../actors/node/fetch-backup.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { SegmentsBackup } from '../../../actors/state/backup-file.ts'
import { decodeBackup } from '../../../actors/state/read-backup.ts'
import { get, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { ClientConnector } from '../../../net/clients.ts'
import { StoreError } from '../../../storage/store.ts'
import { memoryCluster } from '../support/memory-cluster.ts'
import { codec } from './support/backup-files.ts'
import { begun, cluster, fetched, options, outcome, withState } from './support/fetched-backups.ts'

describe('backups', () => {
  it('are refused without a quorum, and it is said that there is none', async () => {
    const made = await cluster()
    made.cut(3)
    const fetching = () => fetched(made, '3').catch((error: unknown) => error)
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
    const { file, parts } = await fetched(made, '3')
    expect(file).to.include({ version: 2, cluster: 'memory', member: 3 })
    expect(file.commands).to.be.at.least(20)
    for (const { length } of parts) expect(length).to.be.within(1, 50)
    const next = await begun(file, 1)
    for (let at = 0; at < 20; at++) expect(next.replicas[0]!.query(get(`k${at}`))).to.eql({ ok: true, value: `${at}` })
  })

  it('are what the replicas of a new cluster begin with, and find again', async () => {
    const made = await cluster()
    await made.execute(1, put('k', 'v'))
    const { file } = await fetched(made, '1')
    const next = await begun(file, 5)
    const values = () => next.replicas.map(replica => replica.query(get('k')))
    expect(values()).to.eql(Array(5).fill({ ok: true, value: 'v' }))
    await next.restart(2, 'stop')
    expect(values(), 'after a restart').to.eql(Array(5).fill({ ok: true, value: 'v' }))
    await next.execute(4, put('k', 'w'))
    await next.pass(2_000)
    expect(values()).to.eql(Array(5).fill({ ok: true, value: 'w' }))
    expect(next.replicas.map(replica => replica.state)).to.eql(Array(5).fill('voting'))
    const { file: again } = await fetched(next, '2')
    expect(again.commands).to.be.greaterThan(file.commands)
    await next.restart(3, 'drain')
    expect(values(), 'after checkpoints of its own').to.eql(Array(5).fill({ ok: true, value: 'w' }))
  })

  it('are of one point, in many segments, while commands and checkpoints go on', async () => {
    const made = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { snapshotChunkBytes: 200, checkpointSegmentBytes: 500, checkpointSliceBytes: 300, snapshotCommands: 10 },
    })
    for (let at = 0; at < 60; at++) await made.execute(1, put(`k${at}`, 'x'.repeat(50)))
    const sink: Uint8Array[] = []
    const waiting: (() => void)[] = []
    let isWaiting = true
    const how = options(made, ['1'], { begin: () => undefined, write: bytes => sink.push(bytes) })
    const connector: ClientConnector = {
      connect(endpoint, events) {
        const connection = how.connector.connect(endpoint, events)
        return {
          ...connection,
          send(requests) {
            if (sink.length > 0 && isWaiting) waiting.push(() => connection.send(requests))
            else connection.send(requests)
          },
        }
      },
    }
    const fetching = fetchBackup({ ...how, connector, timeoutMs: 60_000 })
    await made.until('the second part is asked for', () => waiting.length > 0)
    for (let at = 0; at < 120; at++) await made.execute(2, put(`k${at % 60}`, 'later'))
    await made.pass(1_000)
    isWaiting = false
    for (const send of waiting) send()
    await outcome(made, fetching)
    const file = decodeBackup(new Uint8Array(Buffer.concat(sink)), codec) as SegmentsBackup
    expect(file.segments.length).to.be.greaterThan(5)
    for (const { table, size } of file.segments) {
      expect(table).to.not.equal('$index')
      expect(size).to.be.lessThan(1_000)
    }
    const next = await begun(file, 1)
    for (let at = 0; at < 60; at++)
      expect(next.replicas[0]!.query(get(`k${at}`)), `k${at}`).to.eql({ ok: true, value: 'x'.repeat(50) })
  })

  it('come from the next replica when one is no use; without any there is a reason for each', async () => {
    const made = await cluster()
    void made.replicas[0]!.stop()
    await made.until('it has stopped', () => made.replicas[0]!.state === 'stopped')
    expect((await fetched(made, '1', '2')).file.member).to.equal(2)
    made.cut(2)
    await made.pass(1_000)
    const error = await fetched(made, '1', '2').catch(found => found)
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

  it('hold what was acknowledged after the point of a checkpoint that was under way', async () => {
    let isSlow = true
    const slow: (() => void)[] = []
    const made = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      limits: { snapshotCommands: 5 },
      storeOf: (member, store) =>
        withState(store, {
          add: (segments, done) => {
            if (isSlow && member === 1) slow.push(() => store.state.add(segments, done))
            else store.state.add(segments, done)
          },
        }),
    })
    for (let at = 0; at < 5; at++) await made.execute(1, put(`k${at}`, 'v'))
    await made.until('a checkpoint is being written', () => slow.length > 0)
    await made.execute(2, put('late', 'v'))
    const fetching = fetched(made, '1')
    await made.pass(500)
    isSlow = false
    for (const write of slow) write()
    const { file } = await fetching
    const next = await begun(file, 1)
    expect(next.replicas[0]!.query(get('late'))).to.eql({ ok: true, value: 'v' })
  })

  it('are refused with words while the disk is full, and given when there is room', async () => {
    let isFull = true
    const made = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
      storeOf: (member, store) =>
        withState(store, {
          add: (segments, done) => {
            if (!isFull || member !== 1) store.state.add(segments, done)
            else queueMicrotask(() => done(new StoreError('storeFull', 'no room')))
          },
        }),
    })
    await made.execute(1, put('k', 'v'))
    const error = await fetched(made, '1').catch(found => found)
    expect(error).to.be.instanceOf(ClientError).with.property('code', 'unavailable')
    expect(error.message).to.contain('no checkpoint could be written here just now')
    isFull = false
    expect((await fetched(made, '1')).file.member).to.equal(1)
  })

  it('go to the next replica when what comes is damaged, and end when they cannot be written', async () => {
    const made = await cluster()
    await made.execute(1, put('k', 'v'))
    const begun: number[] = []
    const parts: Uint8Array[] = []
    const sink: BackupSink = {
      begin: () => {
        begun.push(parts.length)
        parts.length = 0
      },
      write: bytes => parts.push(bytes),
    }
    const how = options(made, ['1', '2'], sink)
    const damaging: FetchOptions = {
      ...how,
      connector: {
        connect: (endpoint, events) =>
          how.connector.connect(endpoint, {
            ...events,
            answers: answers =>
              events.answers(
                answers.map(answer => {
                  if (answer.type !== 'backupPart' || endpoint !== '1' || answer.offset === 0) return answer
                  return { ...answer, bytes: answer.bytes.map(byte => byte ^ 1) }
                }),
              ),
          }),
      },
    }
    const { member } = await outcome(made, fetchBackup(damaging))
    expect(member).to.equal(2)
    expect(begun).to.have.length(2)
    expect(decodeBackup(new Uint8Array(Buffer.concat(parts)), codec).member).to.equal(2)

    const full = new Error('no room')
    const write = () => {
      throw full
    }
    const error = await outcome(made, fetchBackup(options(made, ['3', '2'], { begin: () => undefined, write }))).catch(
      found => found,
    )
    expect(error).to.equal(full)
  })
})
