import { expect } from 'chai'
import { logToStandardError } from '../../actors/node/standard-error.ts'
import { plainOf, type ReplicaEvent, textOf } from '../../actors/shared/events.ts'
import { harmlessLines, jsonLine, tellLine } from '../../examples/cli/output.ts'
import { textOf as textOfProcess } from '../../examples/cli/process-events.ts'
import { statusLine, statusTable } from '../../examples/cli/status-report.ts'
import { harmless } from '../../net/harmless.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
const harmful = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const evil = 'a\u001b[2J\u009b31m\r\n\u0007\u007f\u202eb'

describe('words of others in a terminal (input 17)', () => {
  it('are told escaped, and in one line', () => {
    expect(harmless(evil)).to.equal('a\\u001b[2J\\u009b31m\\u000d\\u000a\\u0007\\u007f\\u202eb')
    expect(harmless('grün 漢字 \u{1f600} "x"')).to.equal('grün 漢字 \u{1f600} "x"')
  })

  const event: ReplicaEvent = { code: 'linkDown', peer: 2, reason: 'rejected', detail: evil }
  const failed = { code: 'failed', error: Object.assign(new Error(evil), { code: 'ENOENT' }) } as const

  it('in events: as text, and as the text of plain data', () => {
    for (const text of [textOf(event), plainOf(event).text, textOfProcess(failed)]) {
      expect(text).not.to.match(harmful)
      expect(text).to.contain('\\u001b[2J')
    }
    expect(plainOf(event).detail, 'the fields are for programs').to.equal(evil)
  })

  it('in what a replica without a log says', () => {
    const said: string[] = []
    const { error } = console
    console.error = (line: string) => said.push(line)
    try {
      logToStandardError({ code: 'serverFailed', error: new Error(evil) })
    } finally {
      console.error = error
    }
    expect(said).to.have.length(1)
    expect(said[0]).not.to.match(harmful)
  })

  it('in the table of statuses and its line', () => {
    const status = { member: 1, state: evil, committed: 1, links: { 2: evil } }
    const report = { up: true, member: 1, endpoint: 'ws://a:1', status } as never
    for (const text of [statusTable([report]), statusLine([report])]) {
      for (const line of text.split('\n')) expect(line).not.to.match(harmful)
      expect(text).to.contain('\\u001b[2J')
    }
  })

  it('in JSON, which says the same', () => {
    const line = jsonLine({ reason: evil })
    expect(line.slice(0, -1)).not.to.match(harmful)
    expect(JSON.parse(line)).to.deep.equal({ reason: evil })
  })

  it('in lines; those of several lines stay so', () => {
    expect(harmlessLines('a\n\u001bb')).to.equal('a\n\\u001bb')
    const written: string[] = []
    const stream = { writableLength: 0, write: (text: string) => written.push(text) > 0 }
    tellLine(stream as never, 'a\u001b\nb')
    expect(written).to.deep.equal(['a\\u001b\nb\n'])
  })
})

describe('lines that nobody reads (input 13)', () => {
  it('are lost beyond a bound', () => {
    const stream = {
      writableLength: 0,
      write(text: string) {
        stream.writableLength += text.length
        return false
      },
    }
    const line = 'x'.repeat(1_000)
    for (let count = 0; count < 5_000; count++) tellLine(stream as never, line)
    expect(stream.writableLength).to.be.within(1024 * 1024, 1024 * 1024 + 2 * line.length)
  })
})
