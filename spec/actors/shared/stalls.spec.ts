import { expect } from 'chai'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { type LoopDelay, Stalls } from '../../../actors/shared/stalls.ts'
import { type Work, Works } from '../../../actors/shared/works.ts'

function bed() {
  let nowMs = 0
  const works = new Works(() => nowMs)
  const events: ReplicaEvent[] = []
  const seen: string[] = []
  const stalls = new Stalls({
    works,
    tap: { stalled: (ms, cause) => seen.push(`${ms} ${cause}`) },
    now: () => nowMs,
    log: event => events.push(event),
  })
  return {
    works,
    stalls,
    events,
    seen,
    pass: (ms: number) => {
      nowMs += ms
    },
    work: (work: Work, ms: number) =>
      works.during(work, () => {
        nowMs += ms
      }),
    causeOf: (delay: Partial<LoopDelay>) => {
      stalls.noted({ fromMs: 0, ms: 100, collectedMs: 0, processorMs: 100, ...delay })
      return stalls.status().latest[0]!.cause
    },
  }
}

describe('stalls of the event loop', () => {
  it('have the work for a cause that took most of the time', () => {
    const { work, causeOf } = bed()
    work('flush', 20)
    work('snapshot', 80)
    expect(causeOf({})).to.equal('snapshot')
  })

  it('have the turn for a cause when no part of it took the most', () => {
    const { works, work, causeOf } = bed()
    works.during('turn', () => {
      work('snapshot', 30)
      works.during('turn', () => work('turn', 70))
    })
    expect(causeOf({})).to.equal('turn')
  })

  it('have what runs within a turn for a cause when it is most of it', () => {
    const { works, work, pass, causeOf } = bed()
    works.during('turn', () => {
      pass(20)
      work('execution', 80)
    })
    expect(causeOf({})).to.equal('execution')
  })

  it('have other causes: garbage, a processor that others had, and what nobody knows', () => {
    const { work, pass, causeOf } = bed()
    work('digest', 100)
    expect(causeOf({ collectedMs: 60 })).to.equal('collection')
    expect(causeOf({ processorMs: 10 })).to.equal('processor')
    expect(causeOf({ processorMs: undefined })).to.equal('digest')
    pass(1_000)
    expect(causeOf({ fromMs: 500 })).to.equal('unknown')
  })

  it('are told as an event and to the tap; the status has the latest few, and counts all', () => {
    const { stalls, events, seen, pass, work } = bed()
    work('load', 200)
    stalls.noted({ fromMs: 0, ms: 200.4, collectedMs: 0, processorMs: 200 })
    expect(events).to.eql([{ code: 'stalled', ms: 200, cause: 'load' }])
    expect(seen).to.eql(['200 load'])
    pass(5_000)
    expect(stalls.status()).to.eql({ count: 1, longestMs: 200, latest: [{ agoMs: 5_000, ms: 200, cause: 'load' }] })
    for (let at = 0; at < 20; at++) stalls.noted({ fromMs: 5_200, ms: 100 + at, collectedMs: 0, processorMs: 100 })
    const { count, longestMs, latest } = stalls.status()
    expect([count, longestMs, latest.length, latest[0]!.ms]).to.eql([21, 200, 8, 119])
  })

  it('keep a bounded number of pieces of work, the latest', () => {
    const { works, work } = bed()
    for (let at = 0; at < 1_000; at++) work('flush', 10)
    expect(works.mostOf(0, 9_000)).to.equal(undefined)
    expect(works.mostOf(0, 10_000)).to.eql({ work: 'flush', ms: 320 })
    // Short ones explain nothing, and would push out what does.
    for (let at = 0; at < 1_000; at++) work('digest', 1)
    expect(works.mostOf(0, 11_000)!.work).to.equal('flush')
  })
})
