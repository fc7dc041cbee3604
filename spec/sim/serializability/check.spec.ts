import { expect } from 'chai'
import { createDraw } from '../world/random.ts'
import { checkTransactions, type Transaction } from './check.ts'

type Seen = Readonly<Record<string, string>>

/** `seen` by key, names with blanks between them. */
const answered = (name: string, startMs: number, endMs: number, appends: string, seen: Seen): Transaction => ({
  name,
  startMs,
  endMs,
  appends: appends.split(' ').filter(Boolean),
  seen: new Map(Object.entries(seen).map(([key, list]) => [key, list.split(' ').filter(Boolean)])),
})
const unknown = (name: string, startMs: number, appends: string): Transaction => ({
  ...{ name, startMs, appends: appends.split(' '), endMs: undefined, seen: undefined },
})
const wrong = (...history: readonly Transaction[]): string => checkTransactions(history)?.what.split('\n')[0] ?? ''

describe('strict serializability', () => {
  it('is found where one order explains all', () => {
    expect(wrong()).to.equal('')
    expect(
      wrong(
        answered('a', 0, 10, 'x y', { x: '', y: '' }),
        answered('b', 5, 20, 'y', { x: 'a', y: 'a' }),
        answered('c', 6, 12, '', { x: '', y: '' }),
        unknown('d', 7, 'x'),
        answered('e', 30, 40, 'x', { x: 'a d', y: 'a b' }),
        unknown('f', 8, 'y'),
      ),
    ).to.equal('')
  })

  it('an answer that is old is found: one began when the other was over', () => {
    expect(wrong(answered('a', 0, 10, 'x', { x: '' }), answered('b', 11, 20, '', { x: '' }))).to.equal(
      'no order explains what was answered: a was answered before b; b has not seen a',
    )
    expect(wrong(answered('a', 0, 10, 'x', { x: '' }), answered('b', 9, 20, '', { x: '' }))).to.equal('')
  })

  it('a write skew is found: each has read what the other writes', () => {
    expect(wrong(answered('a', 0, 10, 'x', { x: '', y: '' }), answered('b', 0, 10, 'y', { x: '', y: '' }))).to.match(
      /^no order explains what was answered: [ab] has not seen [ab]; [ab] has not seen [ab]$/,
    )
  })

  it('half of a transaction is found: one key was read after it, the other before', () => {
    expect(wrong(answered('a', 0, 10, 'x y', { x: '', y: '' }), answered('b', 0, 10, '', { x: 'a', y: '' }))).to.match(
      /a is read by b; b has not seen a|b has not seen a; a is read by b/,
    )
  })

  it('a long fork is found: two readers see two writers in different orders', () => {
    expect(
      wrong(
        answered('a', 0, 100, 'x', { x: '' }),
        answered('b', 0, 100, 'y', { y: '' }),
        answered('c', 0, 100, '', { x: 'a', y: '' }),
        answered('d', 0, 100, '', { x: '', y: 'b' }),
      ),
    ).to.include('no order explains')
  })

  it('a lost update, a write that comes twice, one of nobody, and two orders are found', () => {
    expect(wrong(answered('a', 0, 9, 'x', { x: '' }), answered('b', 0, 9, 'x', { x: '' }))).to.include(
      'two orders of x',
    )
    expect(wrong(answered('a', 0, 9, 'x', { x: '' }), answered('b', 0, 9, '', { x: 'a a' }))).to.include('twice')
    expect(wrong(answered('b', 0, 9, '', { x: 'a' }))).to.equal('x has a, which has not appended to it')
    expect(
      wrong(
        ...[unknown('a', 0, 'x'), unknown('b', 0, 'x')],
        ...[answered('c', 0, 9, '', { x: 'a b' }), answered('d', 0, 9, '', { x: 'b' })],
      ),
    ).to.include('two orders of x')
  })

  it('an unknown outcome counts only when somebody has seen it, and then from its start on', () => {
    expect(wrong(unknown('a', 50, 'x'), answered('b', 0, 9, '', { x: 'a' }))).to.include('no order explains')
    expect(wrong(unknown('a', 50, 'x'), answered('b', 60, 69, '', { x: '' }))).to.equal('')
  })

  it('agrees with a search of all orders, on random small histories', () => {
    const draw = createDraw('serializability')
    let good = 0
    for (let round = 0; round < 400; round++) {
      const history = randomHistory(draw)
      const isExplained = explained(history, new Map(), [])
      expect(checkTransactions(history) === undefined, JSON.stringify(history.map(shown))).to.equal(isExplained)
      if (isExplained) good++
    }
    expect(good).to.be.within(50, 350)
  })
})

const shown = ({ seen, ...rest }: Transaction) => ({ ...rest, seen: [...(seen ?? [])] })

/** Executed in some order; sometimes one answer is altered, or its times are. */
function randomHistory(draw: ReturnType<typeof createDraw>): Transaction[] {
  const lists = new Map<string, string[]>()
  const history = Array.from({ length: draw.whole(2, 5) }, (_, at): Transaction => {
    const name = 'abcde'[at]!
    const keys = draw.shuffle(['x', 'y']).slice(0, draw.whole(1, 2))
    const appends = keys.filter(() => draw.chance(0.6))
    const seen = new Map(keys.map(key => [key, [...(lists.get(key) ?? [])]]))
    for (const key of appends) lists.set(key, [...(lists.get(key) ?? []), name])
    const startMs = at * 10 + draw.whole(0, 9)
    return { name, appends, startMs, endMs: startMs + draw.whole(1, 25), seen }
  })
  const victim = draw.whole(0, history.length - 1)
  const one = history[victim]!
  if (draw.chance(0.4))
    history[victim] = { ...one, seen: new Map([...one.seen!].map(([key, list]) => [key, list.slice(1)])) }
  else if (draw.chance(0.5)) history[victim] = { ...one, startMs: one.startMs - 40, endMs: one.endMs! - 40 }
  return history
}

/** Whether some order of what is left explains it, by trying all of them. */
function explained(
  left: readonly Transaction[],
  lists: ReadonlyMap<string, readonly string[]>,
  done: readonly Transaction[],
): boolean {
  if (left.length === 0) return true
  return left.some(next => {
    const others = left.filter(each => each !== next)
    if (others.some(({ endMs }) => endMs! < next.startMs)) return false
    if ([...next.seen!].some(([key, list]) => list.join() !== (lists.get(key) ?? []).join())) return false
    const after = new Map(lists)
    for (const key of next.appends) after.set(key, [...(lists.get(key) ?? []), next.name])
    return explained(others, after, [...done, next])
  })
}
