import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { encodeHead } from '../../../actors/state/checkpoint-head.ts'
import { Offers, type OffersPorts } from '../../../actors/state/offers.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { StoredCheckpoint } from '../../../storage/state-store.ts'
import { codec } from './support/backup-files.ts'

const storedAt = (commands: number): StoredCheckpoint => {
  const place = { prefix: [commands], above: [[]], commands, agreed: [0], floor: [0] }
  return { number: commands, head: encodeHead({ ...place, state: [], index: [] }, codec), segments: [] }
}

/** Offers of a replica with a checkpoint, and how often all records were looked at. */
function offering() {
  const state = { stored: storedAt(1), walks: 0, nowMs: 0, wanted: 0 }
  const said: Message[] = []
  const ledger = {
    entries: () => {
      state.walks++
      return []
    },
  } as unknown as OffersPorts['ledger']
  const offers = new Offers({
    limits: defaultLimits,
    codec,
    ledger,
    store: { read: () => undefined, pin: () => () => undefined },
    now: () => state.nowMs,
    latest: () => state.stored,
    wanted: () => state.wanted++,
    say: (_, message) => said.push(message),
    turn: run => run(),
    failed: error => {
      throw error
    },
  })
  const ask = () => offers.serve(1, { type: 'fetchSnapshot', digest: '', offset: 0 })
  return { offers, state, said, ask }
}

describe('offers of a checkpoint', () => {
  it('are made once for each checkpoint, however often it is asked for', () => {
    const { state, said, ask } = offering()
    for (let times = 0; times < 100; times++) ask()
    expect([state.walks, said.length]).to.deep.equal([1, 100])
    expect(new Set(said.map(message => message.type === 'snapshotChunk' && message.digest)).size).to.equal(1)
    state.stored = storedAt(2)
    ask()
    ask()
    expect(state.walks, 'the next one is another').to.equal(2)
  })

  it('are made anew once nobody has asked for long', () => {
    const { offers, state, ask } = offering()
    ask()
    state.nowMs += 11 * defaultLimits.fetchTimeoutMs
    offers.tick()
    ask()
    expect(state.walks).to.equal(2)
  })
})
