import { expect } from 'chai'
import { checkHistory, type KvOperation } from './index.ts'
import { bruteForce, bruteForceFirst } from './support/brute-force.ts'
import { append, cas, del, expire, get, incr, put } from './support/history.ts'

interface Known {
  readonly name: string
  readonly history: readonly KvOperation[]
  /** The place in `history` of the operation where it first shows. */
  readonly shows?: number
}

/** A put with a time to live, and how it ends. */
const mortal = (text: string, client: number, start: number, end: number | null): KvOperation[] => [
  put(text)(client, start, end),
  expire(text)(client, start, null),
]

const good: readonly Known[] = [
  { name: 'nothing', history: [] },
  { name: 'a read before any write', history: [get(null)(1, 1, 2)] },
  { name: 'a read of the old value while a write is under way', history: [put('a')(1, 1, 9), get(null)(2, 2, 3)] },
  { name: 'a read of the new value while its write is under way', history: [put('a')(1, 1, 9), get('a')(2, 2, 3)] },
  {
    name: 'concurrent writes, read in the order that their returns do not have',
    history: [put('a')(1, 1, 5), put('b')(2, 1, 4), get('a')(1, 6, 7), get('a')(2, 8, 9)],
  },
  {
    name: 'touching intervals, in either order',
    history: [put('a')(1, 1, 5), get(null)(2, 5, 6), get('a')(2, 7, 8)],
  },
  {
    name: 'a write with an unknown outcome that is read later',
    history: [put('a')(1, 1, 2), put('b')(2, 3, null), get('a')(1, 4, 5), get('b')(1, 6, 7), get('b')(3, 8, 9)],
  },
  { name: 'a write with an unknown outcome that is never seen', history: [put('a')(1, 1, null), get(null)(2, 5, 6)] },
  {
    name: 'an unknown delete between two reads',
    history: [put('a')(1, 1, 2), del(false)(2, 3, null), get('a')(1, 4, 5), get(null)(1, 6, 7)],
  },
  {
    name: 'an unread unknown write that alone explains why a cas failed',
    history: [put('a')(1, 1, 2), put('b')(2, 3, null), cas('a', 'c', false)(1, 4, 5)],
  },
  {
    name: 'an unread unknown write that alone explains why there was something to delete',
    history: [put('a')(2, 3, null), del(true)(1, 4, 5), get(null)(1, 6, 7)],
  },
  {
    name: 'an unknown append under a later one',
    history: [append('a')(1, 1, 2), append('b')(2, 3, null), append('c')(1, 4, 5), get('abc')(1, 6, 7)],
  },
  {
    name: 'a chain of cas',
    history: [cas(null, 'a', true)(1, 1, 9), cas('a', 'b', true)(2, 1, 9), get('b')(3, 8, 10)],
  },
  { name: 'increments from nothing', history: [incr(2)(1, 1, 5), incr(1)(2, 2, 6), get('2')(1, 7, 8)] },
  { name: 'an increment of a word', history: [put('a')(1, 1, 2), incr(null)(1, 3, 4), get('a')(1, 5, 6)] },
  { name: 'an increment by more than one', history: [incr(5, 5)(1, 1, 2), incr(3, -2)(1, 3, 4), get('3')(1, 5, 6)] },
  { name: 'a cas that deletes', history: [put('a')(1, 1, 2), cas('a', null, true)(1, 3, 4), del(false)(1, 5, 6)] },
  {
    name: 'a key that ends by itself, once',
    history: [...mortal('a', 1, 1, 2), get('a')(1, 3, 4), get(null)(1, 5, 6), del(false)(1, 7, 8)],
  },
  {
    name: 'a key that could end by itself and does not',
    history: [...mortal('a', 1, 1, 2), put('b')(1, 3, 4), get('b')(1, 5, 6)],
  },
  {
    name: 'a key that ends with what was appended to it',
    history: [...mortal('a;', 1, 1, 2), append('b')(1, 3, 4), get('a;b')(1, 5, 6), incr(1)(1, 7, 8)],
  },
  {
    name: 'a put with an unknown outcome that nobody reads, and that ends by itself',
    history: [put('a')(1, 1, 2), ...mortal('b', 2, 3, null), get(null)(1, 4, 5)],
  },
  {
    name: 'a key that ends between two that nobody reads',
    history: [...mortal('a', 1, 1, 9), ...mortal('b', 2, 1, 9), cas(null, 'c', true)(3, 3, 9), get('c')(1, 10, 11)],
  },
  {
    name: 'equal values written twice',
    history: [put('a')(1, 1, 2), put('b')(1, 3, 4), put('a')(2, 3, 8), get('b')(1, 5, 6), get('a')(1, 7, 9)],
  },
]

const bad: readonly Known[] = [
  { name: 'a stale read', history: [put('a')(1, 1, 2), put('b')(1, 3, 4), get('a')(2, 5, 6)], shows: 2 },
  { name: 'a read that misses a write', history: [put('a')(1, 1, 2), get(null)(2, 3, 4)], shows: 1 },
  { name: 'a read of what nobody wrote', history: [put('a')(1, 1, 2), get('z')(2, 1, 4)], shows: 1 },
  { name: 'a read of what is written only later', history: [get('a')(2, 1, 2), put('a')(1, 3, 4)], shows: 0 },
  {
    name: 'a lost update',
    history: [incr(1)(1, 1, 2), incr(2)(1, 3, 6), incr(2)(2, 3, 7), get('2')(3, 8, 9)],
    shows: 2,
  },
  {
    name: 'two cas from the same value',
    history: [put('a')(1, 1, 2), cas('a', 'b', true)(1, 3, 6), cas('a', 'c', true)(2, 3, 7)],
    shows: 2,
  },
  { name: 'a cas that failed for no reason', history: [put('a')(1, 1, 2), cas('a', 'b', false)(1, 3, 4)], shows: 1 },
  {
    name: 'an unknown write that was read and then un-read',
    history: [put('a')(1, 1, 2), put('b')(2, 3, null), get('b')(1, 4, 5), get('a')(3, 6, 7)],
    shows: 3,
  },
  {
    name: 'an unknown write that is read before it was called',
    history: [get('b')(1, 1, 2), put('b')(2, 3, null)],
    shows: 0,
  },
  {
    name: 'two readers that see concurrent writes in different orders',
    history: [
      put('a')(1, 1, 20),
      put('b')(2, 1, 20),
      get('a')(3, 2, 4),
      get('b')(3, 5, 7),
      get('b')(4, 2, 4),
      get('a')(4, 5, 8),
    ],
    shows: 5,
  },
  {
    name: 'a lost append',
    history: [append('a')(1, 1, 2), append('b')(2, 3, 4), append('c')(1, 5, 6), get('ac')(2, 7, 8)],
    shows: 3,
  },
  {
    name: 'an append that was applied twice',
    history: [append('a')(1, 1, 2), append('b')(2, 3, 4), get('abb')(1, 5, 6)],
    shows: 2,
  },
  {
    name: 'an append that was applied twice, around a read',
    history: [append('a')(1, 1, 9), get('a')(2, 2, 3), get('aa')(2, 4, 5)],
    shows: 2,
  },
  {
    name: 'an increment that was applied twice',
    history: [incr(1)(1, 1, 2), incr(3)(1, 3, 4)],
    shows: 1,
  },
  { name: 'a value after its deletion', history: [put('a')(1, 1, 2), del(true)(2, 3, 4), get('a')(1, 5, 6)], shows: 2 },
  { name: 'a deletion of nothing', history: [del(true)(2, 3, 4)], shows: 0 },
  { name: 'a deletion that found nothing', history: [put('a')(1, 1, 2), del(false)(2, 3, 4)], shows: 1 },
  {
    name: 'a value that ended by itself and comes back',
    history: [...mortal('a', 1, 1, 2), get(null)(1, 3, 4), get('a')(1, 5, 6)],
    shows: 3,
  },
  {
    name: 'a later value that ends by itself',
    history: [...mortal('a', 1, 1, 2), put('b')(1, 3, 4), get(null)(1, 5, 6)],
    shows: 3,
  },
  {
    name: 'a value that ends by itself before it is there',
    history: [put('b')(1, 1, 2), get(null)(1, 3, 4), ...mortal('a', 1, 5, 6)],
    shows: 1,
  },
  {
    name: 'a key that ends and leaves what was appended to it',
    history: [...mortal('a;', 1, 1, 2), append('b')(1, 3, 4), get('a;b')(1, 5, 6), get('b')(1, 7, 8)],
    shows: 4,
  },
  {
    name: 'one bad key among good ones',
    history: [put('a')(1, 1, 2, 'x'), put('a')(1, 3, 4, 'y'), get('a')(2, 5, 6, 'x'), get(null)(2, 7, 8, 'y')],
    shows: 3,
  },
]

describe('linearizability: known histories', () => {
  for (const { name, history } of good) {
    it(`accepts ${name}`, () => {
      expect(bruteForce(history), 'brute force').equal(true)
      expect(checkHistory(history).verdict).equal('linearizable')
    })
  }

  for (const { name, history, shows } of bad) {
    it(`refuses ${name}`, () => {
      const result = checkHistory(history)
      expect(result.verdict).equal('notLinearizable')
      expect(result.violation?.operation).equal(history[shows!])
      expect(result.violation?.exact).equal(true)
      expect(bruteForceFirst(history), 'brute force').equal(history[shows!])
    })
  }

  it('tells the key, the values it could have had, and what happened around', () => {
    const history = [put('a')(1, 1, 2), put('b')(2, 3, 7), put('c')(3, 3, 7), get('a')(4, 8, 9)]
    const { violation, badKeys, keys, operations } = checkHistory(history)
    expect({ badKeys, keys, operations }).deep.equal({ badKeys: ['x'], keys: 1, operations: 4 })
    expect(violation?.before).have.members(['b', 'c'])
    expect(violation?.story[0]).contain('key "x"')
    expect(violation?.story[1]).contain('client 4: get -> "a"')
    expect(violation?.story.join('\n')).contain('client 2: put "b" -> ok')
  })

  it('is undecided, not wrong, when the budget is used up', () => {
    const history = [put('a')(1, 1, 9), put('b')(2, 1, 9), put('c')(3, 1, 9), get('b')(4, 10, 11), get('c')(4, 12, 13)]
    expect(checkHistory(history, 1)).deep.include({ verdict: 'undecided', undecidedKeys: ['x'], badKeys: [] })
    expect(checkHistory(history).verdict).equal('notLinearizable')
  })
})
