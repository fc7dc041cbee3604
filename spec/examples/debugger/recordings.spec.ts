import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { toJsonl } from '../../../examples/debugger/export/jsonl.ts'
import type { TraceEvent } from '../../../examples/debugger/trace/format.ts'
import { openTrace } from '../../../examples/debugger/trace/read-trace.ts'
import { Recorder } from '../../../examples/debugger/trace/recorder.ts'
import { recordedWorld } from './fixtures/read.ts'

const { header, events: all } = recordedWorld()
const events = all.slice(0, 1_000)
const text = toJsonl(header, events)
const lines = text.split('\n')

describe('debugger: recordings that are not whole (input 21)', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-recording-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  async function read(name: string, content: string | Uint8Array) {
    const file = join(directory, name)
    writeFileSync(file, content)
    const said: string[] = []
    const trace = await openTrace(file, words => said.push(words))
    const found: TraceEvent[] = []
    for await (const event of trace.events) found.push(event)
    return { header: trace.header, found, said }
  }

  /** All that is good, and at the end what was left out. */
  function expectLeftOut(
    { found, said }: Awaited<ReturnType<typeof read>>,
    good: readonly TraceEvent[],
    words: RegExp,
  ) {
    expect(found.slice(0, -1)).to.deep.equal(good)
    expect(found.at(-1)).to.include({ kind: 'end', ms: good.at(-1)!.ms })
    expect(said).to.have.length(1)
    expect(said[0]).to.match(words)
    expect(found.at(-1)).to.include({ why: said[0] })
  }

  it('is shown whole, and nothing is said, when it is whole', async () => {
    for (const [name, content] of [
      ['a.jsonl', text],
      ['b.jsonl.gz', gzipSync(text)],
    ] as const) {
      const { header: found, found: back, said } = await read(name, content)
      expect(found).to.deep.equal(header)
      expect(back).to.deep.equal(events)
      expect(said).to.deep.equal([])
    }
  })

  it('with blank lines, a byte order mark, and line ends of Windows: nothing is missed', async () => {
    const { found, said } = await read('a.jsonl', `\ufeff\n${lines.join('\r\n')}\n\n \n`)
    expect(found).to.deep.equal(events)
    expect(said).to.deep.equal([])
  })

  it('with one bad line', async () => {
    const bad = lines.with(500, '{"kind":')
    expectLeftOut(await read('a.jsonl', bad.join('\n')), events.toSpliced(499, 1), /a line \(line 501 is not JSON\)$/)
  })

  it('with many bad lines: some are named, all are counted', async () => {
    const bad = lines.map((line, at) => (at > 0 && at % 2 === 0 && line !== '' ? 'x' : line))
    const good = events.filter((_, at) => at % 2 === 0)
    expectLeftOut(
      await read('a.jsonl', bad.join('\n')),
      good,
      /500 lines \(line 3 .*; line 5 .*; line 7 .*; and 497 more\)$/,
    )
  })

  it('cut off in its last line', async () => {
    expectLeftOut(await read('a.jsonl', text.slice(0, -10)), events.slice(0, -1), /line 1001 is not JSON/)
  })

  it('a .gz that is cut off anywhere: all events before the cut', async () => {
    const whole = gzipSync(text)
    for (const share of [0.5, 0.9, 0.999]) {
      const { found, said } = await read('a.jsonl.gz', whole.subarray(0, Math.floor(whole.length * share)))
      expect(said[0]).to.match(/the rest: the recording is cut off or damaged \(unexpected end of file\)$/)
      const good = found.slice(0, -1)
      expect(good).to.deep.equal(events.slice(0, good.length))
      expect(good.length).to.be.above(events.length * share * 0.6)
    }
  })

  it('a .gz of several parts, of which one is damaged', async () => {
    const file = join(directory, 'b.jsonl.gz')
    const recorder = new Recorder(file)
    recorder.begin(header)
    for (const event of all) recorder.add([event])
    recorder.close()
    const bytes = readFileSync(file)
    const damaged = Uint8Array.from(bytes)
    damaged.fill(0, bytes.length - 200, bytes.length - 100)
    const { found, said } = await read('c.jsonl.gz', damaged)
    expect(said[0]).to.match(/the rest: the recording is cut off or damaged/)
    expect(found.length).to.be.above(100)
    expect(found.slice(0, -1)).to.deep.equal(all.slice(0, found.length - 1))
  })

  it('is refused without a header, and when it is empty', async () => {
    for (const [content, words] of [
      ['', 'it is empty'],
      ['\n\n', 'it is empty'],
      [text.slice(0, 20), 'line 1 is not JSON'],
    ] as const) {
      const error = await read('a.jsonl', content).then(
        () => undefined,
        (failure: Error) => failure,
      )
      expect(error).to.include({ code: 'traceDamaged' })
      expect(error?.message).to.contain(words)
    }
  })
})
