import { defaultLimits } from '../../actors/limits.ts'
import type { Command } from '../../machines/protocol/commands.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'

/** What encoding and decoding cost: `npx tsx spec/bench/codec.bench.ts`. */
const codec = createCodec(defaultLimits)
const id = { epoch: 1, rank: 0, index: 12_345 }
const dep = [12_344, 11_000, 13_000]

const command = (count: number): Command => ({
  footprint: { reads: [], writes: Array.from({ length: count }, (_, i) => `user:key:${i}`) },
  payloads: Array.from({ length: count }, (_, i) => new Uint8Array(64).fill(i)),
})

/** Microseconds and bytes allocated for one run, after warming up. */
function measure(run: () => void): { readonly us: number; readonly bytes: number } {
  for (let i = 0; i < 5_000; i++) run()
  const allocated = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external
  let grown = 0
  let count = 0
  const begun = process.hrtime.bigint()
  const until = begun + 700_000_000n
  while (process.hrtime.bigint() < until) {
    const before = allocated()
    for (let i = 0; i < 100; i++) run()
    // A collection in the middle makes the difference negative; such rounds say nothing.
    grown = Math.max(grown, allocated() - before)
    count += 100
  }
  return { us: Number(process.hrtime.bigint() - begun) / 1000 / count, bytes: grown / 100 }
}

function report(name: string, message: () => Message): void {
  const frame = codec.encodeMessages([message()])
  const encode = measure(() => codec.encodeMessages([message()]))
  const decode = measure(() => codec.decodeMessages(frame))
  const perSecond = Math.round(1e6 / (encode.us + decode.us))
  console.log(
    `${name.padEnd(32)} ${String(frame.length).padStart(6)} bytes  encode ${encode.us.toFixed(1).padStart(5)} us ` +
      `${Math.round(encode.bytes)} B  decode ${decode.us.toFixed(1).padStart(5)} us ${Math.round(decode.bytes)} B  ` +
      `${perSecond} round trips/s`,
  )
}

const one = command(1)
const many = command(64)
report('preAccept, 1 x 64 bytes, new', () => ({ type: 'preAccept', id, cmd: { ...one }, dep }))
report('preAccept, 64 x 64 bytes, new', () => ({ type: 'preAccept', id, cmd: { ...many }, dep }))
report('commit, 1 x 64 bytes, known', () => ({ type: 'commit', id, cmd: one, dep }))
report('commit, 64 x 64 bytes, known', () => ({ type: 'commit', id, cmd: many, dep }))
report('preAcceptOk', () => ({ type: 'preAcceptOk', id, dep }))
report('acceptOk', () => ({ type: 'acceptOk', id, bal: 0 }))
