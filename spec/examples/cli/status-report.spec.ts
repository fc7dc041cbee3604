import { expect } from 'chai'
import { statusTable } from '../../../examples/cli/status-report.ts'

describe('status table', () => {
  it('shows what a replica keeps, and what it does not say as -', () => {
    const status = {
      member: 1,
      state: 'voting',
      records: 320,
      floor: [10, 11, 9],
      indexKeys: 7,
      sessions: 2,
      snapshot: { bytes: 1_234_567, agoMs: 5_400 },
      snapshotTransfer: { received: 512, size: 20_480 },
    }
    const rows = statusTable([
      { up: true, endpoint: 'ws://a', status },
      { up: true, endpoint: 'ws://b', status: { member: 2, state: 'voting', records: 3, floor: [0, 0, 0] } },
      { up: false, endpoint: 'ws://c', member: 3, reason: 'gone' },
    ]).split('\n')
    const cells = rows.map(row => row.trim().split(/ {2,}/))
    expect(cells[1]).to.include.members(['320 above 10 11 9', '7', '2', '1.2 MB, 5 s ago; fetching 512 B of 20.5 kB'])
    expect(cells[2]?.slice(7, 11)).to.eql(['3', '-', '-', '-'])
    expect(cells[3]).to.have.length(cells[0]!.length)
  })

  it('says without whom no key leaves the conflict index', () => {
    const of = (status: object) =>
      statusTable([{ up: true, endpoint: 'ws://a', status: { member: 1, state: 'voting', indexKeys: 7, ...status } }])
    expect(of({ indexHeldBy: [] })).to.match(/ {2}7 {2}/)
    expect(of({ indexHeldBy: [2, 3] })).to.include('7, held by 2 3')
  })

  it('shows what latencies are made of, of whom they are known', () => {
    const flushes = { windowMs: 42_000, count: 40_000, perSecond: 952, p50Ms: 0.3, p99Ms: 1.25, maxMs: 120.4 }
    const runtime = {
      windowMs: 42_000,
      eventLoopDelay: { p99Ms: 2.1, maxMs: 33 },
      garbageCollection: { count: 12, totalMs: 40.5, longestMs: 9.87 },
    }
    const [, below] = statusTable([
      { up: true, endpoint: 'ws://a', status: { member: 1, flushes, runtime } },
      { up: true, endpoint: 'ws://b', status: { member: 2, flushes: { ...flushes, underWayMs: 3_000 } } },
      { up: false, endpoint: 'ws://c', member: 3, reason: 'gone' },
    ]).split('\n\n')
    const rows = below!.split('\n').map(row => row.trim().split(/ {2,}/))
    expect(rows[0]).to.have.length(10)
    expect(rows.slice(1)).to.eql([
      ['1', '42 s', '952', '0.30', '1.25', '120.40', '2.10', '33.00', '12 in 40.50', '9.87'],
      ['2', '42 s', '952', '0.30', '1.25', '3000.00', '-', '-', '-', '-'],
    ])
  })

  it('says when a replica stood still in the last ten minutes, and for what', () => {
    const of = (latest: readonly object[]) =>
      statusTable([
        { up: true, endpoint: 'ws://a', status: { member: 1, stalls: { count: 5, longestMs: 2_000, latest } } },
      ])
    const some = [
      { agoMs: 1_000, ms: 150, cause: 'collection' },
      { agoMs: 30_000, ms: 812, cause: 'snapshot' },
      { agoMs: 700_000, ms: 2_000, cause: 'digest' },
    ]
    expect(of(some)).to.include('replica 1: nobody was answered for 812 ms, 30 s ago (a snapshot was taken or read);')
    expect(of(some)).to.include('5 times since its start, for 2000 ms at most')
    expect(of(some.slice(2))).to.not.include('answered')
    // Of another version.
    expect(of([{ agoMs: 1, ms: 300, cause: 'novel' }])).to.include('for 300 ms, 0 s ago (-)')
  })

  it('says what a replica lacks: its disk, what it has to catch up with', () => {
    const of = (status: object) =>
      statusTable([{ up: true, endpoint: 'ws://a', status: { member: 1, state: 'voting', ...status } }])
    expect(of({ disk: 'ok', caughtUp: true })).to.match(/ up, voting {2}/)
    expect(of({ disk: 'full' })).to.include('up, its disk is full')
    expect(of({ disk: 'stalled' })).to.include('up, its disk does not answer')
    expect(of({ disk: 'ok', caughtUp: false })).to.include('up, voting, catching up')
  })

  it('shows the checkpoint of a large state in large units', () => {
    const cells = statusTable([
      { up: true, endpoint: 'ws://a', status: { member: 1, snapshot: { bytes: 1_300_000_000, agoMs: 61_000 } } },
    ])
    expect(cells.split('\n')[0]).to.match(/sessions {2,}checkpoint/)
    expect(cells).to.include('  1.3 GB, 61 s ago  ')
  })

  it('says why commands wait to be proposed, where some do', () => {
    const [, below] = statusTable([
      { up: true, endpoint: 'ws://a', status: { member: 1, queued: 3, gate: 'noQuorum' } },
      { up: true, endpoint: 'ws://b', status: { member: 2, queued: 0, gate: 'nothingWaits' } },
      { up: true, endpoint: 'ws://c', status: { member: 3, queued: 7, gate: 'of a later version' } },
    ]).split('\n\n')
    expect(below?.split('\n')).to.eql([
      'replica 1: 3 commands wait to be proposed (too few are heard of to decide anything: the others would make Nops of what is proposed)',
    ])
  })

  it('says what reads wait for, and that commands wait for reads, where they do', () => {
    const waiting = { count: 1, verdict: 'nothingWaits', awaits: undefined, unanswered: [] }
    const of = (member: number, readsWaiting: unknown, heldByReads = 0) =>
      ({ up: true, endpoint: 'ws://a', status: { member, readsWaiting, heldByReads } }) as const
    const [, below] = statusTable([
      of(1, { ...waiting, count: 3, verdict: 'unsettled', awaits: { member: 2, index: 17 } }),
      of(2, { ...waiting, verdict: 'roundUnderWay', unanswered: [1, 3] }, 2),
      of(3, { ...waiting, count: 0 }),
      of(4, { ...waiting, verdict: 'of a later version' }),
      of(5, 'no object'),
    ]).split('\n\n')
    expect(below?.split('\n')).to.eql([
      'replica 1: 3 reads wait (the round has found a write that is not executed here: 2.17)',
      'replica 2: 1 read waits (too few have answered the round: 1, 3)',
      'replica 2: on 2 connections the next command waits for a read before it',
    ])
  })
})
