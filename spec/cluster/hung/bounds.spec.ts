import { expect } from 'chai'
import type { HungReport } from './bed.ts'
import { objectToHung } from './bounds.ts'

const minority: HungReport = {
  replicas: 3,
  hung: 1,
  seconds: 10,
  built: true,
  healthy: { longestMs: 800, ends: { ok: 1_000 } },
  own: { longestMs: 3_500, ends: { ok: 1, notReady: 10, unknown: 1 } },
  limitMs: 3_000,
  saidAfterMs: 500,
  backAfterMs: 1_000,
  lost: [],
  unexpectedEnds: [],
}
const majority: HungReport = {
  ...minority,
  hung: 2,
  healthy: { longestMs: 3_500, ends: { unavailable: 9, unknown: 2 } },
}

describe('hung flushes: bounds', () => {
  it('are kept', () => {
    expect([objectToHung(minority), objectToHung(majority)]).to.eql([[], []])
  })

  it('are broken one by one', () => {
    const { healthy, own } = minority
    for (const report of [
      { ...minority, healthy: { ...healthy, longestMs: 801 } },
      { ...minority, healthy: { ...healthy, ends: { ok: 1, unknown: 1 } } },
      { ...majority, own: { ...own, longestMs: 3_501 } },
      { ...majority, own: { ...own, ends: { diverged: 1 } } },
      { ...majority, backAfterMs: 1_001 },
      { ...minority, lost: ['1.0.1 at replica 2'] },
      { ...minority, unexpectedEnds: ['replica 1 ended'] },
    ])
      expect(objectToHung(report), JSON.stringify(report)).to.have.lengthOf(1)
  })
})
