import { ReplicatedState } from '../../actors/execution/replicated-state.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { put } from '../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../examples/kv/state-machine.ts'
import { envelopes } from '../../machines/protocol/envelope.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { userStateMachine } from '../actors/support/user-state-machine.ts'

/** Processor time of a comparison at each replica, with state in tables, and of the whole state as bytes. */
const value = 'v'.repeat(64)
const codec = createCodec(defaultLimits)
const cpuMs = (): number => process.cpuUsage().user / 1_000

for (const keys of [1_000, 100_000, 1_000_000]) {
  const state = new ReplicatedState(userStateMachine(createKvStateMachine(), codec), codec, () => undefined)
  for (let key = 0; key < keys; key++) state.apply(envelopes.command(put(`key ${key}`, value)))
  const times: { snapshot: number; digest: number }[] = []
  let bytes = 0
  for (let round = 0; round < 5; round++) {
    const begin = cpuMs()
    bytes = state.snapshot().length
    const taken = cpuMs()
    state.digest()
    times.push({ snapshot: taken - begin, digest: cpuMs() - taken })
  }
  const { snapshot, digest } = times.sort((a, b) => a.snapshot - b.snapshot)[2]!
  console.log(
    `${keys} keys, ${(bytes / 1e6).toFixed(1)} MB: snapshot ${snapshot.toFixed(1)} ms, digest ${digest.toFixed(2)} ms`,
  )
}
