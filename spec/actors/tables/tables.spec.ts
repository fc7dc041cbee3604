import { expect } from 'chai'
import fc from 'fast-check'
import { compareTexts } from '../../../actors/shared/ordered-keys.ts'
import type { TableChange } from '../../../actors/shared/tables.ts'
import { createTables } from '../../../actors/tables/create-tables.ts'
import { TableError } from '../../../actors/tables/table-error.ts'
import { DurableTables, newTables } from './support/durable-tables.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 80 })
// A key that would be read as another one is no plain data.
const anyJson = fc.jsonValue().filter(data => !JSON.stringify(data).includes('"__proto__"'))

describe('tables', () => {
  it('keep texts, bytes and plain data as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText)), anyJson, fc.uint8Array(), (entries, data, bytes) => {
        const tables = createTables()
        const table = tables.text('texts')
        for (const [key, value] of entries) table.set(key, value)
        expect(new Map(table.entries())).to.deep.equal(new Map(entries))
        const plain = tables.data<unknown>('data')
        plain.set('k', data)
        expect(plain.get('k')).to.deep.equal(data)
        const raw = tables.bytes('bytes')
        raw.set('k', bytes)
        expect(raw.get('k')).to.deep.equal(bytes)
      }),
    )
    const texts = createTables().text('texts')
    for (const text of ['\ufeffbegins with a mark of byte order', '', '\u0000', 'x'.repeat(1_025), 'ß'.repeat(2_000)]) {
      texts.set(text, text)
      expect(texts.get(text)).to.equal(text)
    }
    expect(texts.size).to.equal(5)
    expect(texts.get('another')).to.equal(undefined)
  })

  it('give their keys in the order of their bytes, in ranges, whether the order is kept or made', () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.array(anyText), anyText, anyText, (come, go, from, to) => {
        const tables = createTables()
        const [kept, made] = [tables.text('kept', { ordered: true }), tables.text('made')]
        for (const table of [kept, made]) {
          for (const key of come) table.set(key, '')
          for (const key of go) table.delete(key)
        }
        const expected = [...new Set(come)].filter(key => !go.includes(key)).sort(compareTexts)
        const inRange = expected.filter(key => compareTexts(key, from) >= 0 && compareTexts(key, to) < 0)
        for (const table of [kept, made]) {
          expect([...table.keys()]).to.deep.equal(expected)
          expect([...table.keys({ from, to })]).to.deep.equal(inRange)
        }
      }),
    )
  })

  it('give values of their own: what is changed in them, or in what was set, changes nothing', () => {
    const tables = createTables()
    const [bytes, data] = [tables.bytes('bytes'), tables.data<number[]>('data')]
    const [given, list] = [Uint8Array.of(1, 2), [1, 2]]
    bytes.set('k', given)
    data.set('k', list)
    given[0] = 9
    list[0] = 9
    bytes.get('k')![1] = 9
    data.get('k')![1] = 9
    expect([...bytes.get('k')!]).to.deep.equal([1, 2])
    expect(data.get('k')).to.deep.equal([1, 2])
    expect([...bytes.view('k')!]).to.deep.equal([1, 2])
    expect(bytes.view('absent')).to.equal(undefined)
  })

  it('refuse what they cannot keep, and stay as they were', () => {
    const tables = createTables()
    const [text, bytes, data] = [tables.text('text'), tables.bytes('bytes'), tables.data('data')]
    const before = newTables().digest(() => true)
    const wrong: readonly (() => void)[] = [
      () => text.set('\ud800', 'half a character'),
      () => text.set('k', '\udc00'),
      () => text.set('k', `${'x'.repeat(2_000)}\udc00`),
      () => text.set(7 as never, 'v'),
      () => text.set('k', 7 as never),
      () => text.set('k', undefined as never),
      () => bytes.set('k', 'text' as never),
    ]
    for (const set of wrong) expect(set).to.throw(TableError)
    expect(() => data.set('k', undefined)).to.throw(/undefined/)
    expect([text.size, bytes.size, data.size]).to.deep.equal([0, 0, 0])
    expect(before).to.equal('')
    for (const name of ['', '$index', 'text', 7 as never, 'n'.repeat(256)])
      expect(() => tables.text(name), JSON.stringify(name)).to.throw(TableError)
  })

  it('have digests that tell keys, values and tables apart', () => {
    const digestOf = (entries: readonly (readonly [string, string, string])[]) => {
      const tables = newTables()
      for (const name of ['a', 'b']) {
        const table = tables.text(name)
        for (const [of, key, value] of entries) if (of === name) table.set(key, value)
      }
      return tables.digest(() => true)
    }
    const states = [
      [],
      [['a', 'k', 'v']],
      [['b', 'k', 'v']],
      [['a', 'kv', '']],
      [['a', '', 'kv']],
      [['a', 'k', 'v\u0000']],
      [['a', 'k', 'vv']],
      [
        ['a', 'k', 'v'],
        ['a', 'l', 'v'],
      ],
      [
        ['a', 'k', 'w'],
        ['a', 'l', 'v'],
      ],
      [
        ['a', 'k', 'v'],
        ['a', 'l', 'w'],
      ],
    ] as const
    expect(new Set(states.map(digestOf)).size).to.equal(states.length)
  })

  it('tell observers each change, in order, and that all was replaced', () => {
    const durable = new DurableTables(10_000)
    const { tables } = durable
    const heard: (TableChange | 'replaced')[] = []
    const [text, data] = [tables.text('text'), tables.data('data')]
    text.set('before', '')
    const stop = tables.changes({ changed: change => heard.push(change), replaced: () => heard.push('replaced') })
    text.set('k', 'v')
    data.set('k', [1])
    text.delete('absent')
    expect(() => text.set('k', '\udc00')).to.throw(TableError)
    text.delete('k')
    durable.whole()
    durable.loadInto(tables)
    stop()
    text.set('after', '')
    expect(heard).to.deep.equal([
      { table: 'text', key: 'k', value: 'v' },
      { table: 'data', key: 'k', value: [1] },
      { table: 'text', key: 'k', value: undefined },
      'replaced',
    ])
  })
})
