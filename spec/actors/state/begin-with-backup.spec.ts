import { expect } from 'chai'
import { ReplicatedState } from '../../../actors/execution/replicated-state.ts'
import { type Backup, encodeBeginning, endOf, nameOf } from '../../../actors/state/backup-file.ts'
import { beginWithBackup } from '../../../actors/state/begin-with-backup.ts'
import { decodeBackup } from '../../../actors/state/read-backup.ts'
import { get, incr, type KvCommand, type KvResult } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import { envelopes } from '../../../machines/protocol/envelope.ts'
import { checkpointOf } from '../../support/states.ts'
import { type MemoryCluster, memoryCluster } from '../support/memory-cluster.ts'
import { userStateMachine } from '../support/user-state-machine.ts'
import { codec, encodeWholeBackup } from './support/backup-files.ts'

const origin = { cluster: 'old', member: 1, takenMs: 5, commands: 3 }

/** A state with two keys, and a session whose second command was the last. */
function stateOf(): ReplicatedState {
  const state = new ReplicatedState(userStateMachine(createKvStateMachine(), codec), codec, () => undefined)
  state.apply(envelopes.open('s'))
  state.apply(envelopes.ofSession('s', 1, [1], [incr('k')]))
  state.apply(envelopes.ofSession('s', 1, [2], [incr('k')]))
  state.apply(envelopes.command(incr('other')))
  state.save()
  return state
}

function fileOfSegments(): Uint8Array {
  const { live, bytes } = checkpointOf(stateOf().tables, 100)
  const beginning = encodeBeginning({ ...origin, segments: live }, codec)
  const parts = live.map(({ id }) => bytes.get(id)!)
  return new Uint8Array(Buffer.concat([beginning, ...parts, endOf(nameOf(beginning))]))
}

/** The same state as programs wrote it before there were tables: a snapshot of the store, and the client table. */
function fileOfBefore(): Uint8Array {
  const state = codec.encodeDeep({
    state: new TextEncoder().encode('["k","2"]\n["other","1"]\n'),
    clients: stateOf().clients.toData(),
    answers: 'encoded',
  })
  return encodeWholeBackup({ version: 1, ...origin, state })
}

const files: readonly [string, () => Uint8Array][] = [
  ['of segments', fileOfSegments],
  ['of a program of before', fileOfBefore],
]

const begun = (backup: Backup, n: number): Promise<MemoryCluster<KvCommand, KvResult>> =>
  memoryCluster<KvCommand, KvResult>({
    n,
    stateMachine: () => createKvStateMachine(),
    limits: { digestIntervalMs: 300, snapshotCommands: 5 },
    beginWith: () => beginWithBackup(backup, n, codec),
  })

for (const [name, file] of files)
  describe(`a new cluster that begins with a backup ${name}`, () => {
    it('has its state, and counts its commands on', async () => {
      const made = await begun(decodeBackup(file(), codec), 3)
      for (const replica of made.replicas) {
        expect(replica.query(get('k'))).to.eql({ ok: true, value: '2' })
        expect(replica.status()).to.include({ commandsExecuted: 3, sessions: 1 })
      }
      for (let at = 0; at < 30; at++) await made.execute(1 + (at % 3), incr('other'))
      await made.until('states are compared', () => made.replicas.every(each => each.status().compared !== undefined))
      await made.restart(2, 'stop')
      expect(made.replicas[1]!.query(get('k'))).to.eql({ ok: true, value: '2' })
      expect(made.replicas.map(({ state }) => state)).to.eql(['voting', 'voting', 'voting'])
    })

    it('keeps the sessions of clients: a command that is sent again is not applied again', async () => {
      const made = await begun(decodeBackup(file(), codec), 3)
      const answers: ClientAnswer[] = []
      const client = made.replicas[2]!.connected({ send: each => answers.push(...each), close: () => undefined })
      const { lengths, bytes: commands } = codec.encodePieces([incr('k'), incr('k')])
      const sequences = [2, 3]
      client.requests([{ type: 'execute', request: 1, session: 's', floor: 2, sequences, lengths, commands }])
      await made.until('both are answered', () => answers.some(({ type }) => type === 'results'))
      await made.pass(500)
      expect(answers.filter(({ type }) => type === 'refused')).to.eql([])
      expect(made.replicas[2]!.query(get('k')), 'the third increment, and no fourth').to.eql({ ok: true, value: '3' })
    })
  })
