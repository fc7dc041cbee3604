import { ReplicatedState } from '../../actors/execution/replicated-state.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import type { StateMachine } from '../../actors/shared/state-machine.ts'
import type { UserStateMachine } from '../../actors/shared/user-state-machine.ts'
import { type KvCommand, put } from '../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../examples/kv/state-machine.ts'
import { envelopes } from '../../machines/protocol/envelope.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { userStateMachine } from '../actors/support/user-state-machine.ts'

/** Processor time of a comparison at each replica, with state in tables, and with a state machine that has `snapshot`. */
const value = 'v'.repeat(64)
const codec = createCodec(defaultLimits)
const cpuMs = (): number => process.cpuUsage().user / 1_000

/** A store of puts alone that keeps to `snapshot`, a line an entry. */
function withSnapshot(): StateMachine<KvCommand, null> {
  const entries = new Map<string, string>()
  return {
    footprint: ([, key]) => ({ reads: [], writes: [key as string] }),
    apply([, key, value]) {
      entries.set(key as string, value as string)
      return null
    },
    snapshot: () => Buffer.from([...entries].map(entry => JSON.stringify(entry)).join('\n')),
    restore: () => undefined,
  }
}

/** Milliseconds of a digest after one more command, the median of five. */
function digestMs(machine: UserStateMachine, keys: number): string {
  const state = new ReplicatedState(machine, codec, () => undefined)
  for (let key = 0; key < keys; key++) state.apply(envelopes.command(put(`key ${key}`, value)))
  const times = Array.from({ length: 5 }, (_, round) => {
    state.apply(envelopes.command(put('key 0', `${round}`)))
    const begin = cpuMs()
    state.digest()
    return cpuMs() - begin
  })
  return times.sort((a, b) => a - b)[2]!.toFixed(2)
}

for (const keys of [1_000, 100_000, 1_000_000]) {
  const inTables = digestMs(userStateMachine(createKvStateMachine(), codec), keys)
  const ofSnapshot = digestMs(userStateMachine(withSnapshot(), codec), keys)
  console.log(`${keys} keys: a comparison in tables ${inTables} ms, with a snapshot ${ofSnapshot} ms`)
}
