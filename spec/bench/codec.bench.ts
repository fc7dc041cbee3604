import { defaultLimits } from '../../actors/shared/limits.ts'
import type { Command } from '../../machines/protocol/commands.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { measure } from './support/measure.ts'

/** What encoding and decoding cost. Operations are messages, one a frame. */
const codec = createCodec(defaultLimits)
const id = { epoch: 1, rank: 0, index: 12_345 }
const dep = [12_344, 11_000, 13_000]

const command = (count: number): Command => ({
  footprint: { reads: [], writes: Array.from({ length: count }, (_, i) => `user:key:${i}`) },
  payloads: Array.from({ length: count }, (_, i) => new Uint8Array(64).fill(i)),
})

const many = 100

async function report(name: string, message: () => Message): Promise<void> {
  const frame = codec.encodeMessages([message()])
  await measure(`${name}, ${frame.length} bytes: encode`, many, () => {
    for (let i = 0; i < many; i++) codec.encodeMessages([message()])
  })
  await measure(`${name}: decode`, many, () => {
    for (let i = 0; i < many; i++) codec.decodeMessages(frame)
  })
}

const one = command(1)
const batch = command(64)
await report('preAccept, 1 x 64 bytes, new', () => ({ type: 'preAccept', id, cmd: { ...one }, dep }))
await report('preAccept, 64 x 64 bytes, new', () => ({ type: 'preAccept', id, cmd: { ...batch }, dep }))
await report('commit, 1 x 64 bytes, known', () => ({ type: 'commit', id, cmd: one, dep }))
await report('commit, 64 x 64 bytes, known', () => ({ type: 'commit', id, cmd: batch, dep }))
await report('preAcceptOk', () => ({ type: 'preAcceptOk', id, dep }))
await report('acceptOk', () => ({ type: 'acceptOk', id, bal: 0 }))
