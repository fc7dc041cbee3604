import { PayloadCheck } from '../../actors/execution/payload-check.ts'
import { ReplicatedState } from '../../actors/execution/replicated-state.ts'
import { inspectFootprint } from '../../actors/proposing/inspect-footprint.ts'
import { inspectCommand } from '../../actors/proposing/inspect-payload.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { UserStateMachine } from '../../actors/shared/user-state-machine.ts'
import { put } from '../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../examples/kv/state-machine.ts'
import { type Command, type Footprint, unionFootprint } from '../../machines/protocol/commands.ts'
import { envelopes, readNumber, sessionKey } from '../../machines/protocol/envelope.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { measure } from './support/measure.ts'

/**
 * What a put costs a replica besides messages and disks: it is taken in from a client, checked before the vote, executed.
 * Operations are puts, 84 an instance, over 1,000 keys that are there already.
 */
const limits = defaultLimits
const codec = createCodec(limits)
const each = 84
const keys = 1_000

for (const size of [64, 1_024]) {
  const stateMachine = new UserStateMachine(createKvStateMachine(), codec, (_, error) => {
    throw error
  })
  const state = new ReplicatedState(stateMachine, codec, () => undefined)
  const footprintOf = (command: unknown): Footprint | undefined => {
    const found = inspectFootprint(stateMachine.footprint(command), limits)
    return 'code' in found ? undefined : found
  }
  const check = new PayloadCheck({ state, replicas: 3, footprintOf })
  const inspector = { stateMachine, codec, limits, nowMs: () => 1 }
  const batches = Array.from({ length: Math.ceil(keys / each) }, (_, batch) => {
    const puts = Array.from({ length: each }, (_, at) => {
      const number = (batch * each + at) % keys
      return put(`key:${number}`, `${number}:`.padEnd(size, 'abcdefghijklmnopqrstuvwxyz'))
    })
    const pieces = codec.encodePieces(puts)
    const envelope = envelopes.ofSession(
      's',
      0,
      puts.map(() => readNumber),
      [],
    )
    const payload = codec.encodeListOf(envelope.slice(0, -1), each, [pieces.bytes])
    const footprint = unionFootprint(puts.map(each => ({ reads: [], writes: [each[1], sessionKey('s')] })))
    const command: Command = { footprint, payloads: [payload] }
    return { pieces, payload, command }
  })
  for (const { payload } of batches) state.apply(state.decode(payload), false)

  await measure(`${size} B: taken in from a client`, batches.length * each, () => {
    for (const { pieces } of batches)
      for (const [at, command] of codec.decodePieces(pieces.bytes, pieces.lengths, stateMachine.texts).entries())
        if ('code' in inspectCommand(command, pieces.lengths[at]!, inspector)) throw new TypeError('a put is refused')
  })
  await measure(`${size} B: checked before a vote`, batches.length * each, () => {
    // Each time as new bytes: a payload is checked once.
    for (const { command, payload } of batches)
      if (check.faultOf({ ...command, payloads: [payload.slice()] }, undefined) !== undefined)
        throw new TypeError('unsound')
  })
  await measure(`${size} B: executed`, batches.length * each, () => {
    for (const { payload } of batches) state.apply(state.decode(payload), false)
  })
}
