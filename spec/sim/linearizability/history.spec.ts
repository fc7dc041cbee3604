import { expect } from 'chai'
import { keyOps } from '../../../examples/kv/key-operations.ts'
import { HistoryError, readHistory } from './index.ts'

const line = (fields: object): string =>
  JSON.stringify({
    client: 'c1',
    op: 'put',
    key: 'k',
    args: 'v',
    result: null,
    start: '1',
    end: '2',
    status: 'ok',
    ...fields,
  })

async function errorOf(lines: readonly string[]): Promise<HistoryError> {
  const error: unknown = await readHistory(lines).then(
    () => undefined,
    reason => reason,
  )
  if (error instanceof HistoryError) return error
  return expect.fail(`expected a HistoryError, found ${String(error)}`)
}

describe('linearizability: the history file', () => {
  it('reads every kind of operation, and leaves out what was refused', async () => {
    const { operations, refused, notes } = await readHistory([
      line({ start: '9007199254740993', end: '9007199254740995' }),
      line({ op: 'get', result: null }),
      line({ op: 'cas', args: [null, 'w'], result: true }),
      line({ op: 'del', args: null, result: false }),
      line({ op: 'incr', args: 1, result: 4 }),
      line({ op: 'append', status: 'fail' }),
      '',
      line({ op: 'cas', args: ['v', 'w'], end: null, status: 'unknown' }),
    ])
    expect(operations.map(op => op.op)).deep.equal(['put', 'get', 'cas', 'del', 'incr', 'cas'])
    expect(operations[0]).deep.include({ start: 9007199254740993n, end: 9007199254740995n })
    expect(operations[5]?.end).equal(null)
    expect({ refused, notes }).deep.equal({ refused: 1, notes: [] })
  })

  it('treats an operation of unknown outcome as open, whatever end it has', async () => {
    const { operations } = await readHistory([line({ status: 'unknown', end: '5' })])
    expect(operations[0]?.end).equal(null)
  })

  it('leaves out a last line that is cut off, with a note', async () => {
    const { operations, notes } = await readHistory([line({}), line({}).slice(0, 30)])
    expect(operations).length(1)
    expect(notes.join()).contain('line 2')
  })

  it('refuses a line that is cut off in the middle of the file', async () => {
    const error = await errorOf([line({}), line({}).slice(0, 30), '', line({})])
    expect(error).include({ line: 2, code: 'malformedHistory' })
    expect(error.message).match(/^line 2: expected a JSON object, found /)
  })

  for (const [name, fields, message] of [
    ['no client', { client: undefined }, 'client: expected a string or a number, found nothing'],
    ['a key that is no text', { key: 7 }, 'key: expected a string, found 7'],
    [
      'an unknown operation',
      { op: 'pop' },
      `op: expected ${keyOps.slice(0, -1).join(', ')} or ${keyOps.at(-1)}, found "pop"`,
    ],
    ['an unknown status', { status: 'done' }, 'status: expected ok, unknown or fail, found "done"'],
    ['a time that is a number', { start: 1 }, 'start: expected ns as a decimal string, found 1'],
    ['an end before the start', { start: '5' }, 'end: expected a time not before start, 5, found "2"'],
    [
      'an answer without an end',
      { end: null },
      'end: expected ns as a decimal string, as the status is ok, found null',
    ],
    ['a put of no text', { args: null }, 'args: expected the value, a text, for put, found null'],
    [
      'a cas of one value',
      { op: 'cas', args: ['a'] },
      'args: expected [old, new] for cas: a text or null, a text or null, found ["a"]',
    ],
    [
      'a get without a result',
      { op: 'get', result: undefined },
      'result: expected the value, a text, or null, found nothing',
    ],
    ['a del that answers nothing', { op: 'del' }, 'result: expected true or false, found null'],
  ] as const) {
    it(`refuses ${name}, with the line's number`, async () => {
      const error = await errorOf([line({}), line(fields)])
      expect(error.message).contain(`line 2: ${message}`)
    })
  }

  it('refuses JSON that is no object', async () => {
    expect((await errorOf(['[1]'])).message).equal('line 1: expected a JSON object, found [1]')
  })
})
