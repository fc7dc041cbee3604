import type { Entry } from '../../actors/records/entry.ts'
import { Outbox } from '../../actors/records/outbox.ts'
import { Flushes } from '../../actors/replica/flushes.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { Works } from '../../actors/shared/works.ts'
import { initialRecord, type Record } from '../../machines/protocol/record.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import type { Store } from '../../storage/store.ts'
import { measure } from './support/measure.ts'

/** What the outbox itself costs for a record that changes and a vote on it: the store does nothing, frames go nowhere. */
const flushesEach = 200
let done: ((error: null) => void) | undefined
const store: Store = {
  get state(): never {
    throw new Error('there is no state')
  },
  open: () => {},
  write: (_, ended) => {
    done = ended
  },
  close: ended => ended(),
}
let sent = 0
const turn = (run: () => void): void => {
  run()
  while (flushes.settle());
  flushes.endTurn()
}
const nothing = () => undefined
const outbox = new Outbox({
  self: 0,
  n: 3,
  codec: createCodec(defaultLimits),
  flushBytesMax: defaultLimits.flushBytesMax,
})
const flushes = new Flushes({
  self: 0,
  outbox,
  store,
  works: new Works(() => 0),
  tap: undefined,
  stepper: { deliver: () => false, retire: nothing },
  durations: { began: nothing, ended: nothing },
  progress: { flushing: nothing, flushed: nothing },
  retirement: { flushing: nothing, flushed: () => undefined, hasDue: false, takeDue: function* () {} },
  turn,
  send: (_, messages) => {
    sent += messages.length
  },
  failed: error => {
    throw error
  },
})

function recordOf(commands: number): Record {
  const footprint = { reads: [], writes: Array.from({ length: commands }, (_, at) => `user:key:${at}`) }
  const cmd = { footprint, payloads: Array.from({ length: commands }, () => new Uint8Array(64)) }
  return { ...initialRecord(3), phase: 'preAccepted', cmd, initCmd: cmd }
}

function flushOf(records: number, commands: number): () => void {
  const record = recordOf(commands)
  return () => {
    for (let flush = 0; flush < flushesEach; flush++) {
      turn(() => {
        for (let index = 1; index <= records; index++) {
          const id = { epoch: 1, rank: 1, index }
          const entry: Entry = {
            id,
            record,
            payloadStored: false,
            payloadBytes: 0,
            actor: undefined,
            executed: false,
            heldBy: 0,
          }
          outbox.write(entry)
          outbox.say(1, { type: 'preAcceptOk', id, dep: record.dep })
        }
      })
      const before = sent
      done!(null)
      if (sent - before !== records) throw new Error(`${sent - before} of ${records} votes left`)
    }
  }
}

for (const [records, commands] of [
  [1, 1],
  [16, 1],
  [256, 1],
  [4, 64],
] as const) {
  await measure(
    `a flush of ${records} records of ${commands} commands, each with a vote: records`,
    flushesEach * records,
    flushOf(records, commands),
  )
}
