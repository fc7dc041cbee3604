import { expect } from 'chai'
import { tapLimits } from '../../../examples/debugger/live/limits.ts'
import { Merge } from '../../../examples/debugger/live/merge.ts'
import { Sampling } from '../../../examples/debugger/live/sampling.ts'
import type { TraceEvent } from '../../../examples/debugger/trace/format.ts'
import { recordedWorld } from './fixtures/read.ts'

const { header, events } = recordedWorld()

/** What a replica itself can tell: no numbers, no clocks, nothing of the network; by a clock of its own. */
const toldBy = (member: number, offsetMs: number): TraceEvent[] =>
  events.flatMap(event => {
    if (!('at' in event) || event.at !== member || event.kind === 'lost') return []
    const { clock: _, no: __, ...own } = event as TraceEvent & { clock?: number; no?: number }
    return [{ ...own, ms: event.ms + offsetMs } as TraceEvent]
  })

const suspendedMs = 1_000
const all = header.members.flatMap(member => toldBy(member, 0)).length

/**
 * Merges what the replicas tell, in parts, as it would come over the wire.
 * @param shiftsMs what their times of day make of it
 * @param viewerMs the viewer's clock at a moment of the world's
 * @param jumpMs what their clocks have gone on, beyond the world's, at `suspendedMs`
 */
function merged(
  offsetsMs: readonly number[],
  shiftsMs: readonly number[],
  viewerMs: (ms: number) => number = ms => ms,
  jumpMs = 0,
): TraceEvent[] {
  const out: TraceEvent[] = []
  const merge = new Merge(some => out.push(...some))
  const streams = header.members.map((member, rank) =>
    toldBy(member, offsetsMs[rank]!).map(event => ({ event, ms: event.ms - offsetsMs[rank]! })),
  )
  header.members.forEach((member, rank) => {
    merge.began(member, shiftsMs[rank]!)
  })
  /** How many had come at each of the last steps: those before the hold are out. */
  const came: number[] = []
  for (let untilMs = 100; streams.some(stream => stream.length > 0); untilMs += 100) {
    header.members.forEach((member, rank) => {
      const stream = streams[rank]!
      const upTo = stream.findIndex(({ ms }) => ms > untilMs)
      const some = stream.splice(0, upTo < 0 ? stream.length : upTo)
      const told = some.map(({ event, ms }) => (ms > suspendedMs ? { ...event, ms: event.ms + jumpMs } : event))
      merge.add(member, told, viewerMs(untilMs))
    })
    merge.release(viewerMs(untilMs))
    came.push(all - streams.reduce((left, { length }) => left + length, 0))
    expect(out.length, `told by ${untilMs} ms`).to.be.at.least(
      came.at(-1 - Math.ceil(tapLimits.mergeHoldMs / 100)) ?? 0,
    )
  }
  merge.end()
  return out
}

function expectCauses(out: readonly TraceEvent[]): void {
  const sent = new Map<number, number>()
  let lastMs = 0
  for (const event of out) {
    expect(event.ms).to.be.at.least(lastMs)
    lastMs = event.ms
    if (event.kind === 'sent' && event.no !== undefined) sent.set(event.no, event.clock!)
    if (event.kind === 'received' && event.from !== event.at) {
      expect(event.no, `the sending of ${event.message.type} ${event.message.id}`).to.not.equal(undefined)
      expect(event.clock).to.be.above(sent.get(event.no!)!)
    }
  }
}

describe('debugger: several replicas as one trace', () => {
  it('keeps causes before effects, and loses nothing', () => {
    const out = merged([0, 0, 0], [0, 0, 0])
    expect(out).to.have.length(all)
    expectCauses(out)
  })

  it('also with clocks that are apart, as far as is known (shifts), and as far as nobody knows', () => {
    const known = merged([5_000, -3_000, 0], [-5_000, 3_000, 0])
    expect(known).to.have.length(all)
    expectCauses(known)
    // 40 ms that nobody knows of, many times what a message takes.
    const unknown = merged([0, -40, 0], [0, 0, 0])
    expect(unknown).to.have.length(all)
    expectCauses(unknown)
  })

  it('with clocks a minute apart, that of the viewer too: none is held back or late (input 15)', () => {
    for (const [offsetsMs, shiftsMs] of [
      [
        [0, 60_000, 0],
        [0, 0, 0],
      ],
      [
        [60_000, 0, -60_000],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 3_600_000, -90_000],
      ],
    ] as const) {
      for (const viewer of [0, -60_000, 60_000]) {
        const out = merged(offsetsMs, shiftsMs, ms => ms + viewer)
        expect(out).to.have.length(all)
        expectCauses(out)
        expect(out.at(-1)!.ms - offsetsMs[0], 'times of the first').to.be.within(0, events.at(-1)!.ms + 1_000)
      }
    }
  })

  it('with a viewer that is suspended for a minute: what comes then is told at once (input 15)', () => {
    // Its clock stands still meanwhile: those of the replicas are a minute further on.
    const stood = merged([0, 0, 0], [0, 0, 0], ms => ms, 60_000)
    expect(stood).to.have.length(all)
    expectCauses(stood)
    // Or it goes on, and those of the replicas stand still.
    const wentOn = merged([0, 0, 0], [0, 0, 0], ms => (ms > suspendedMs ? ms + 60_000 : ms))
    expect(wentOn).to.have.length(all)
    expectCauses(wentOn)
  })
})

describe('debugger: replicas that contradict each other', () => {
  const message = { type: 'heartbeat' } as const
  const of = (at: number, from: number, times: number): TraceEvent[] =>
    Array.from({ length: times }, (_, index) => [
      { kind: 'received', ms: index * 2, at, from, message } as TraceEvent,
      { kind: 'sent', ms: index * 2 + 1, at, to: from, message } as TraceEvent,
    ]).flat()

  it('each says that it heard the other first: all is told all the same, once', () => {
    const out: TraceEvent[] = []
    const merge = new Merge(some => out.push(...some))
    merge.began(1, 0)
    merge.began(2, 0)
    merge.add(1, of(1, 2, 500), 1_000)
    merge.add(2, of(2, 1, 500), 1_000)
    merge.end()
    expect(out).to.have.length(2_000)
    for (const member of [1, 2])
      expect(out.filter(event => 'at' in event && event.at === member).map(({ kind }) => kind)).to.eql(
        of(member, 0, 500).map(({ kind }) => kind),
      )
    expect(out.map(({ ms }) => ms)).to.eql(out.map(({ ms }) => ms).sort((a, b) => a - b))
  })
})

describe('debugger: what is left out above a rate', () => {
  const id = (index: number) => ({ epoch: 1, rank: 0, index })
  const busy = (sampling: Sampling, heard: [string, number][]) => {
    const tap = sampling.through((name, args) => heard.push([name, (args[0] as { index: number }).index]))
    return (from: number, count: number) => {
      for (let index = from; index < from + count; index++) {
        tap.written?.(id(index), {} as never)
        tap.committed?.(id(index), 'nop', [], 'fast', undefined)
      }
    }
  }

  it('instances are told of whole or not at all, the same ones everywhere, and the rest in numbers', () => {
    const sampling = new Sampling(4_000, 0)
    const heard: [string, number][] = []
    const write = busy(sampling, heard)
    expect(sampling.look(0)).to.equal(undefined)
    write(1, 8_000)
    const skipped = sampling.look(tapLimits.rateWindowMs)
    const stride = skipped!.stride
    expect(stride).to.be.above(1)
    expect(Math.log2(stride) % 1, 'a power of two').to.equal(0)
    expect(skipped).to.include({ events: 0 })
    heard.length = 0
    write(10_001, 8_000)
    for (const [, index] of heard) expect(index % stride).to.equal(0)
    expect(heard.filter(([name]) => name === 'written')).to.have.length(heard.length / 2)
    const next = sampling.look(2 * tapLimits.rateWindowMs)
    expect(next!.events + heard.length, 'all are told of, one way or the other').to.equal(16_000)
    expect(next!.committed.fast + heard.length / 2).to.equal(8_000)
  })

  it('with less to tell all are told of again', () => {
    const sampling = new Sampling(4_000, 0)
    const write = busy(sampling, [])
    sampling.look(0)
    write(1, 20_000)
    expect(sampling.look(tapLimits.rateWindowMs)!.stride).to.be.above(1)
    for (let window = 2; window < 20; window++) sampling.look(window * tapLimits.rateWindowMs)
    expect(sampling.isSkipping).to.equal(false)
  })
})
