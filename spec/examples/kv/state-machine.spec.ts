import { expect } from 'chai'
import fc from 'fast-check'
import {
  append,
  appendWithin,
  cas,
  del,
  expire,
  get,
  getdel,
  incr,
  type KvCommand,
  keys,
  keysWithin,
  put,
  putFor,
  putUntil,
  scan,
} from '../../../examples/kv/commands.ts'
import { withWords } from '../../../examples/kv/results.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { KvCommandError } from '../../../examples/kv/validation.ts'
import { digestOfState, giveState } from '../../support/states.ts'
import { anyCommand } from './support/any-command.ts'

/** Applies commands to a new store; the plain value of each result, or the code of its error. */
function run(...commands: readonly KvCommand[]): unknown[] {
  const store = createKvStateMachine()
  return commands.map(command => {
    const result = store.apply(command)
    return result.ok ? result.value : result.error.code
  })
}

describe('key-value state machine', () => {
  it('puts, gets and deletes', () => {
    expect(run(get('a'), put('a', '1'), get('a'), del('a'), del('a'), get('a'))).to.eql([
      null,
      null,
      '1',
      true,
      false,
      null,
    ])
  })

  it('takes a value away and answers it, its deadline too', () => {
    expect(run(getdel('a'), put('a', '1'), getdel('a'), getdel('a'), get('a'))).to.eql([null, null, '1', null, null])
    expect(run(putUntil('a', '1', 50), getdel('a'), put('a', '2'), expire('a', 50))).to.eql([null, '1', null, false])
  })

  it('swaps only what is as expected; null is absence on both sides', () => {
    expect(run(cas('a', 'x', 'y'), cas('a', null, '1'), cas('a', null, '2'), cas('a', '1', '2'), get('a'))).to.eql([
      false,
      true,
      false,
      true,
      '2',
    ])
    expect(run(put('a', '1'), cas('a', '1', null), get('a'))).to.eql([null, true, null])
  })

  it('ends a key by an expire of its own deadline alone; once gone it stays gone', () => {
    expect(run(putUntil('a', '1', 50), expire('a', 49), get('a'), expire('a', 50), get('a'), expire('a', 50))).to.eql([
      null,
      false,
      '1',
      true,
      null,
      false,
    ])
    expect(run(putUntil('a', '1', 50), put('a', '2'), expire('a', 50), get('a'))).to.eql([null, null, false, '2'])
    expect(run(putUntil('a', '1', 50), append('a', '2'), expire('a', 50))).to.eql([null, null, true])
  })

  it('makes a deadline of a time to live, at the time it is told, and proposes none without', () => {
    const store = createKvStateMachine()
    expect(store.stamped?.(putFor('a', '1', 500), 1_000.25)).to.eql(putUntil('a', '1', 1_501))
    expect(store.stamped?.(put('a', '1'), 1_000)).to.eql(put('a', '1'))
    expect(() => store.footprint(putFor('a', '1', 500))).to.throw(KvCommandError, /deadline/)
    expect(() => store.stamped?.(putFor('a', '1', -1), 1_000)).to.throw(KvCommandError, /milliseconds/)
  })

  it('appends, from the empty text on', () => {
    expect(run(append('a', 'x'), append('a', 'y'), get('a'))).to.eql([null, null, 'xy'])
  })

  it('counts; what is no number, or leaves the exact ones, is an error result that changes nothing', () => {
    expect(run(incr('n'), incr('n', 5), incr('n', -7), get('n'))).to.eql([1, 6, -1, '-1'])
    for (const word of ['x', '', ' 1', '1.5', '01', '1e3', '0x10', '9007199254740993']) {
      expect(run(put('n', word), incr('n'), get('n')), word).to.eql([null, 'notANumber', word])
    }
    const top = String(Number.MAX_SAFE_INTEGER)
    expect(run(put('n', top), incr('n'), get('n'))).to.eql([null, 'overflow', top])
  })

  it('lists keys in order, by prefix', () => {
    expect(run(put('b', ''), put('a2', ''), put('a10', ''), keys(), keys('a'))).to.eql([
      null,
      null,
      null,
      ['a10', 'a2', 'b'],
      ['a10', 'a2'],
    ])
  })

  it('refuses an answer of keys and an appended value beyond the limit, as results', () => {
    const store = createKvStateMachine({ valueBytesMax: 100 })
    const take = (command: KvCommand) => store.apply(store.stamped!(command, 0))
    for (let i = 0; i < 10; i++) take(put(`key${i}`, 'x'.repeat(90)))
    expect(take(keys())).to.eql({ ok: false, error: { code: 'tooLarge', bytesMax: 100 } })
    expect(take(append('key1', 'x'.repeat(11)))).to.eql({ ok: false, error: { code: 'tooLarge', bytesMax: 100 } })
    expect(take(append('key1', 'x'.repeat(10)))).to.eql({ ok: true, value: null })
  })

  it('input 11: what one replica refuses by its limits all refuse, and those that start later with others', () => {
    const [small, large] = [
      createKvStateMachine({ valueBytesMax: 1_000 }),
      createKvStateMachine({ valueBytesMax: 2_000 }),
    ]
    const taken = [put('k', 'x'.repeat(900)), append('k', 'x'.repeat(200)), keys(), append('k', 'x'.repeat(100))].map(
      command => small.stamped!(command, 0),
    )
    const result = (store: typeof small) => taken.map(command => store.apply(command))
    expect(result(large)).to.eql(result(small))
    expect(digestOfState(large)).to.equal(digestOfState(small))
    expect(large.apply(get('k'))).to.eql({ ok: true, value: 'x'.repeat(1_000) })
    expect(() => small.footprint(appendWithin('k', 'x', 1_001)), 'a client has no say in it').to.throw(/bytesMax/)
  })

  it('an error has no words as replicas have it: they differ between versions of the program', () => {
    const store = createKvStateMachine()
    store.apply(put('n', String(Number.MAX_SAFE_INTEGER)))
    store.apply(put('w', 'word'))
    for (const command of [incr('n'), incr('w'), appendWithin('w', 'x', 3), keysWithin('', 3)]) {
      const result = store.apply(command)
      expect(JSON.stringify(result), 'a code and numbers').to.match(
        /^\{"ok":false,"error":\{"code":"\w+"(,"bytesMax":\d+)?\}\}$/,
      )
      expect(withWords(result)).to.have.nested.property('error.message').that.contains(' ')
    }
  })

  it('input 16: scans keys in pages, from a cursor on, within a range', () => {
    const store = createKvStateMachine()
    const page = (...[given, from, to, limit, bytesMax]: Parameters<typeof scan>) =>
      (store.apply(scan(given, from, to, limit, bytesMax)) as { value: unknown }).value
    for (const key of ['b3', 'a', 'b1', 'c', 'b2', '\uffff', '\u{1f600}']) store.apply(put(key, ''))
    const all = ['a', 'b1', 'b2', 'b3', 'c', '\uffff', '\u{1f600}']
    expect(page('', '', null, 9, 1_000)).to.eql({ keys: all, next: null })
    expect(page('', '', null, 2, 1_000)).to.eql({ keys: ['a', 'b1'], next: 'b2' })
    expect(page('', 'b2', null, 2, 1_000)).to.eql({ keys: ['b2', 'b3'], next: 'c' })
    expect(page('', 'b2', null, 9, 25), 'in bytes').to.eql({ keys: ['b2', 'b3'], next: 'c' })
    expect(page('', 'b2', null, 9, 1), 'at least one').to.eql({ keys: ['b2'], next: 'b3' })
    expect(page('b', '', null, 9, 1_000)).to.eql({ keys: ['b1', 'b2', 'b3'], next: null })
    expect(page('b', 'b11', 'b3', 9, 1_000)).to.eql({ keys: ['b2'], next: null })
    expect(page('', 'b', 'c', 9, 1_000)).to.eql({ keys: ['b1', 'b2', 'b3'], next: null })
    expect(page('x', '', null, 9, 1_000)).to.eql({ keys: [], next: null })
  })

  it('names what a command touches', () => {
    const store = createKvStateMachine()
    expect(store.footprint(get('a'))).to.eql({ reads: ['a'], writes: [] })
    for (const write of [put('a', '1'), del('a'), cas('a', null, '1'), append('a', '1'), incr('a')]) {
      expect(store.footprint(write)).to.eql({ reads: [], writes: ['a'] })
    }
    expect(store.footprint(keys('a'))).to.eql({ reads: 'all', writes: [] })
  })

  it('goes on from the state of another; equal states give equal digests, whatever the way there', () => {
    fc.assert(
      fc.property(fc.array(anyCommand), commands => {
        const store = createKvStateMachine()
        for (const command of commands) store.apply(command)
        const copy = createKvStateMachine()
        copy.apply(put('left over', '1'))
        giveState(copy, store)
        expect(digestOfState(copy)).to.equal(digestOfState(store))
        expect(copy.apply(keys())).to.eql(store.apply(keys()))
        expect(copy.size).to.equal(store.size)
        expect(new Set(copy.due?.(10, 10))).to.eql(new Set(store.due?.(10, 10)))
      }),
    )
    const [forth, back] = [createKvStateMachine(), createKvStateMachine()]
    for (const k of ['a', 'b', 'c']) forth.apply(put(k, k))
    for (const k of ['c', 'x', 'b', 'a']) back.apply(put(k, k))
    back.apply(del('x'))
    expect(digestOfState(back)).to.equal(digestOfState(forth))
  })

  it('takes a snapshot from before it had tables, and refuses a damaged one', () => {
    const lines = '["a","1"]\n["b","2",50]\n'
    const bytes = new TextEncoder().encode(lines)
    const store = createKvStateMachine()
    store.migrate!(bytes)
    const same = createKvStateMachine()
    for (const command of [put('a', '1'), putUntil('b', '2', 50)]) same.apply(command)
    expect(digestOfState(store)).to.equal(digestOfState(same))
    expect(store.due!(50, 9)).to.eql(same.due!(50, 9))
    for (const damaged of [bytes.subarray(0, -1), bytes.subarray(1), new Uint8Array([0x5b, 0x5d, 0x0a])]) {
      expect(() => createKvStateMachine().migrate!(damaged)).to.throw(/snapshot/)
    }
  })

  it('refuses, before anything is proposed, what is no command or too large', () => {
    const store = createKvStateMachine()
    const refused = (command: unknown): string => {
      try {
        store.footprint(command as KvCommand)
      } catch (error) {
        if (error instanceof KvCommandError) return error.code
        throw error
      }
      return 'taken'
    }
    for (const command of [
      null,
      7,
      'put',
      {},
      [],
      [0, 'a'],
      [8, 'a'],
      [1, 'a'],
      [1, 'a', 'b', 'c'],
      [1, 5, 'b'],
      [2],
      [4, 'a', undefined, null],
      [6, 'a', 1.5],
      [6, 'a', '1'],
      [9, 'a', '1', 0],
      [10, 'a', 2 ** 53],
      [1, 'a', '\ud800'],
    ]) {
      expect(refused(command), JSON.stringify(command)).to.equal('malformed')
    }
    expect(refused(put('k'.repeat(1_025), ''))).to.equal('tooLarge')
    expect(refused(put('é'.repeat(513), ''))).to.equal('tooLarge')
    expect(refused(put('a', 'v'.repeat(1_048_577)))).to.equal('tooLarge')
    expect(refused(cas('a', null, 'v'.repeat(1_048_577)))).to.equal('tooLarge')
    expect(refused(put('é'.repeat(512), 'v'.repeat(1_048_576)))).to.equal('taken')
  })
})
