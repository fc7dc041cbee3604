import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ClientError } from '../../../../actors/client/errors.ts'
import type { KvClient } from '../../../../examples/kv/client.ts'
import type { KvCommand, KvResult } from '../../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../../examples/kv/state-machine.ts'
import { type HistoryEntry, HistoryFile, historyLine } from '../../../../examples/kv/workload/history.ts'
import { Measures } from '../../../../examples/kv/workload/measures.ts'
import { drawFrom, type Mix, mixOps, parseMix } from '../../../../examples/kv/workload/mix.ts'
import { createRandom } from '../../../../examples/kv/workload/random.ts'
import { runWorkload } from '../../../../examples/kv/workload/run.ts'
import { checkHistory, readHistory } from '../../../sim/linearizability/index.ts'

/** A client whose every command is executed by one store, unless `fail` says otherwise. */
function fakeClient(fail: (command: KvCommand) => ClientError | undefined = () => undefined): KvClient {
  const store = createKvStateMachine()
  const execute = async (command: KvCommand): Promise<KvResult> => {
    store.footprint(command)
    const error = fail(command)
    if (error !== undefined) throw error
    return store.apply(command)
  }
  return { execute, endpoint: 'a' } as Partial<KvClient> as KvClient
}

/** Each operation of the table that a history can tell. */
const everything: Mix = { ...Object.fromEntries(mixOps.map(op => [op, 1])), get: 2 }

async function run(client: KvClient, more: { clients?: number; operations?: number; keyPrefix?: string } = {}) {
  const entries: HistoryEntry[] = []
  const measures = new Measures()
  await runWorkload({
    connections: [client],
    clients: 4,
    keys: 3,
    keyPrefix: '',
    mix: everything,
    operations: 500,
    seed: 7,
    signal: new AbortController().signal,
    ...more,
    measures,
    record: entry => entries.push(entry),
  })
  return { entries, summary: measures.summary(1) }
}

describe('workload: mix', () => {
  it('draws by weight', () => {
    const draw = drawFrom(parseMix('put=3,get=1'), createRandom(1))
    const counts = { put: 0, get: 0 }
    for (let i = 0; i < 10_000; i++) counts[draw() as 'put' | 'get'] += 1
    expect(counts.put).to.be.within(7_300, 7_700)
    expect(counts.put + counts.get).to.equal(10_000)
  })

  for (const text of ['', 'put', 'put=x', 'fly=1', 'put=0', 'put=-1']) {
    it(`refuses '${text}'`, () => expect(() => parseMix(text)).to.throw(/expected/))
  }
})

describe('workload: history', () => {
  it('writes the fields in their order, times as texts', () => {
    expect(
      historyLine({
        client: 'c1',
        op: 'cas',
        key: 'k1',
        args: [null, 'v'],
        result: true,
        start: 123456789012345678n,
        end: null,
        status: 'ok',
      }),
    ).to.equal(
      '{"client":"c1","op":"cas","key":"k1","args":[null,"v"],"result":true,"start":"123456789012345678","end":null,"status":"ok"}\n',
    )
  })

  it('keeps every line, and reports a file that cannot be written', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-history-'))
    try {
      const path = join(directory, 'h.jsonl')
      const file = new HistoryFile(path)
      const entry = {
        client: 'c',
        op: 'get',
        key: 'k',
        args: null,
        result: null,
        start: 1n,
        end: 2n,
        status: 'ok',
      } as const
      for (let i = 0; i < 5_000; i++) file.add(entry)
      await file.close()
      expect(readFileSync(path, 'utf8').split('\n')).to.have.length(5_001)
      const nowhere = new HistoryFile(join(directory, 'none', 'h.jsonl'))
      const error = await nowhere.close().catch(found => found)
      expect(error).to.have.property('code', 'ENOENT')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('workload: run', () => {
  it('does as many operations as asked, one line each, one at a time for each client', async () => {
    const { entries, summary } = await run(fakeClient())
    expect(entries).to.have.length(500)
    expect(summary).to.include({ ok: entries.filter(entry => entry.status === 'ok').length + summary.fail, unknown: 0 })
    const lastEnd = new Map<string, bigint>()
    for (const { client, start, end } of entries) {
      expect(start >= (lastEnd.get(client) ?? 0n)).to.equal(true)
      expect(end! >= start).to.equal(true)
      lastEnd.set(client, end!)
    }
    expect([...lastEnd.keys()].sort()).to.eql(['c0', 'c1', 'c2', 'c3'])
  })

  it('records arguments and results in the shape of the format, written values unique', async () => {
    const { entries } = await run(fakeClient())
    const written = new Set<string>()
    for (const { op, args, result, status } of entries.filter(entry => entry.status === 'ok')) {
      expect(status).to.equal('ok')
      if (op === 'put' || op === 'append') {
        expect(args).to.be.a('string')
        expect(result).to.equal(null)
        expect(written.has(args as string)).to.equal(false)
        written.add(args as string)
      }
      if (op === 'cas') {
        expect(args).to.have.length(2)
        expect(result).to.be.a('boolean')
      }
      if (op === 'del') expect([args, typeof result]).to.eql([null, 'boolean'])
      if (op === 'get') expect(args).to.equal(null)
      if (op === 'incr') expect(result).to.be.a('number')
    }
    expect(entries.some(entry => entry.op === 'cas' && entry.result === true)).to.equal(true)
  })

  it('is linearizable on a store that was used before: its keys are its own', async () => {
    const client = fakeClient()
    await run(client, { keyPrefix: 'a.' })
    const { entries } = await run(client, { keyPrefix: 'b.' })
    expect(entries.every(({ key }) => key.startsWith('b.'))).to.equal(true)
    const { operations } = await readHistory(entries.map(historyLine))
    expect(checkHistory(operations).verdict).to.equal('linearizable')
  })

  it('leaves an unknown operation open and goes on under a new name; a refused one did not happen', async () => {
    let calls = 0
    const { entries, summary } = await run(
      fakeClient(() => {
        calls += 1
        if (calls === 3) return new ClientError('unknown', 'lost')
        if (calls === 5) return new ClientError('unavailable', 'nobody')
        return undefined
      }),
      { clients: 1, operations: 8 },
    )
    expect(entries.map(({ client, status }) => `${client} ${status}`)).to.eql([
      'c0 ok',
      'c0 ok',
      'c0 unknown',
      'c0.2 ok',
      'c0.2 fail',
      'c0.2 ok',
      'c0.2 ok',
      'c0.2 ok',
    ])
    expect(entries[2]).to.include({ end: null, result: null })
    expect(summary).to.include({ ok: 6, unknown: 1, fail: 1 })
    expect(summary.errors).to.eql({ unknown: 1, unavailable: 1 })
  })
})
