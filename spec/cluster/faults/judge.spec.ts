import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type HistoryEntry, historyLine } from '../../../examples/kv/workload/history.ts'
import type { Fault } from './fault-plan.ts'
import type { Hit } from './inflict.ts'
import { isExplained, judge, objectionsTo } from './judge.ts'
import type { Way } from './replica-links.ts'

const second = 1_000_000_000n
const hit = (fault: Fault, at: number, end: number): Hit => ({
  fault,
  atNs: BigInt(at) * second,
  endNs: BigInt(end) * second,
})
const times = { calmMs: 0, forMs: 0 }
const kill: Fault = { ...times, kind: 'kill', replica: 1 }
const cut = (...ways: readonly (readonly [number, number])[]): Fault => ({
  ...times,
  kind: 'cut',
  style: 'hold',
  shape: 'partition',
  ways: ways.map(([from, to]): Way => ({ from, to })),
})

describe('the judgement of a run', () => {
  const explains = (fault: Fault, replicas = 3): boolean => isExplained(0n, [hit(fault, 1, 2)], replicas, 5_000)

  it('explains an unknown outcome by a kill while it was under way, and by none before or after', () => {
    const hits = [hit(kill, 10, 12)]
    const explained = (start: number) => isExplained(BigInt(start) * second, hits, 3, 5_000)
    expect([4, 5, 6, 10, 12, 13].map(explained)).to.eql([false, false, true, true, true, false])
    expect(isExplained(0n, [], 3, 5_000)).to.equal(false)
  })

  it('explains it by a cut only when some replica has no quorum to talk with, both ways', () => {
    expect(explains(cut([1, 2], [2, 1]))).to.equal(false)
    expect(explains(cut([1, 2]))).to.equal(false)
    expect(explains(cut([1, 2], [1, 3]))).to.equal(true)
    expect(explains(cut([1, 2], [3, 1]))).to.equal(true)
    expect(explains(cut([1, 2], [1, 3]), 5)).to.equal(false)
    expect(explains(cut([1, 3], [1, 4], [1, 5], [2, 3], [2, 4], [2, 5]), 5)).to.equal(true)
  })

  describe('of a history', () => {
    let folder: string
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'epaxos-judge-'))
    })
    after(() => rmSync(folder, { recursive: true }))

    let client = 0
    const entry = (more: Partial<HistoryEntry>): string =>
      historyLine({
        client: `c${client++}`,
        op: 'get',
        key: 'a',
        args: null,
        result: null,
        start: 0n,
        end: second,
        status: 'ok',
        ...more,
      })
    const judged = (lines: readonly string[], hits: readonly Hit[]) => {
      const file = join(folder, 'history.jsonl')
      writeFileSync(file, lines.join(''))
      return judge(file, hits, 3, 5_000)
    }
    const put = (value: string, more: Partial<HistoryEntry> = {}) => entry({ op: 'put', args: value, ...more })

    it('counts, finds the longest wait, and has nothing to object to a good one', async () => {
      const unknown = { end: null, status: 'unknown' } as const
      const lines = [put('x'), put('y', { ...unknown, start: 3n * second }), put('z', { status: 'fail' })]
      const judgement = await judged(
        [...lines, entry({ start: 2n * second, end: 5n * second, result: 'x' })],
        [hit(kill, 4, 6)],
      )
      expect(judgement).to.deep.include({ ok: 2, failed: 1, unknown: 1, unexplained: [], longestWaitMs: 3_000 })
      expect(objectionsTo(judgement)).to.eql([])
    })

    it('objects to an unknown outcome that nothing explains', async () => {
      const judgement = await judged([put('x', { client: 'c7', end: null, status: 'unknown' })], [])
      expect(objectionsTo(judgement)).to.eql(['no fault explains why put a of client c7, at 0 ns, is unknown'])
    })

    it('objects to a read of what nobody wrote', async () => {
      const judgement = await judged([put('x'), entry({ start: second, end: 2n * second, result: 'never' })], [])
      expect(objectionsTo(judgement)).to.eql(['the history is notLinearizable'])
    })
  })
})
