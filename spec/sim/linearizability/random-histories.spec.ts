import { expect } from 'chai'
import fc from 'fast-check'
import { checkHistory, type KvOperation, kvModel, type Model, search, type Value } from './index.ts'
import { noInsight } from './kv/insight.ts'
import { bruteForce, bruteForceFirst } from './support/brute-force.ts'
import { generate, type Mix, randomOf } from './support/generate.ts'

const mixes: readonly Mix[] = [
  { put: 1, get: 1 },
  { append: 1, get: 1 },
  { put: 1, get: 2, cas: 2 },
  { put: 2, get: 3, cas: 2, append: 2, del: 1 },
  { put: 1, get: 2, cas: 1, append: 1, del: 2, incr: 2 },
  { put: 3, get: 2, cas: 1, append: 1, getdel: 2, expire: 1 },
  { put: 3, get: 3, cas: 1, append: 2, del: 1, incr: 1, expire: 3 },
]

const value = fc.constantFrom('a', 'b', 'ab', '', '0', '1', '12')
const maybe = fc.option(value, { nil: null })
const kind = fc.oneof(
  fc.record({ op: fc.constant('put'), args: value }),
  fc.record({ op: fc.constant('append'), args: value }),
  fc.record({ op: fc.constant('get'), result: maybe }),
  fc.record({ op: fc.constant('cas'), args: fc.tuple(maybe, maybe), result: fc.boolean() }),
  fc.record({ op: fc.constant('del'), result: fc.boolean() }),
  fc.record({ op: fc.constant('getdel'), result: maybe }),
  fc.record({ op: fc.constant('expire'), args: value }),
  fc.record({ op: fc.constant('incr'), args: fc.constantFrom(1, -1), result: fc.constantFrom(null, 0, 1, 2, 13) }),
)
const timed = fc.record({
  key: fc.constantFrom('x', 'x', 'x', 'y'),
  client: fc.integer({ min: 1, max: 3 }),
  start: fc.bigInt({ min: 0n, max: 20n }),
  length: fc.option(fc.bigInt({ min: 0n, max: 12n }), { nil: null, freq: 4 }),
})
/** Anything at all: values that are not unique, results that are mostly wrong. */
const anyHistory = fc.array(fc.tuple(kind, timed), { maxLength: 7 }).map(drawn =>
  drawn.map(
    ([what, { length, ...when }]) =>
      ({
        ...when,
        ...what,
        end: length === null || what.op === 'expire' ? null : when.start + length,
      }) as KvOperation,
  ),
)

/** The same with returns that are moments apart, so that only one operation can be the first that shows it. */
const numbered = (history: readonly KvOperation[]): KvOperation[] =>
  history.map((op, place) => ({
    ...op,
    start: op.start * 16n,
    end: op.end === null ? null : op.end * 16n + BigInt(place),
  }))

function agrees(history: readonly KvOperation[]): boolean {
  const result = checkHistory(history)
  const first = bruteForceFirst(history)
  expect(result.verdict).equal(first === undefined ? 'linearizable' : 'notLinearizable')
  expect(result.violation?.operation).equal(first)
  return first === undefined
}

/** Changes one answer to another that the history knows. */
function corrupt(history: readonly KvOperation[], seed: number): KvOperation[] {
  const random = randomOf(seed)
  const answered = history.filter(op => op.end !== null && 'result' in op)
  const victim = answered[Math.floor(random() * answered.length)]
  const values: Value[] = [
    null,
    'never written',
    ...history.flatMap(op =>
      'args' in op ? [op.args].flat().map(each => (typeof each === 'number' ? String(each) : each)) : [],
    ),
  ]
  return history.map(op => {
    if (op !== victim) return op
    if (op.op === 'get' || op.op === 'getdel') return { ...op, result: values[Math.floor(random() * values.length)]! }
    if (op.op === 'incr') return { ...op, result: Math.floor(random() * 4) }
    return op.op === 'cas' || op.op === 'del' ? { ...op, result: !op.result } : op
  })
}

describe('linearizability: random histories', () => {
  it('says what trying every order says', () => {
    fc.assert(
      fc.property(anyHistory, history => void agrees(numbered(history))),
      { numRuns: 3_000, seed: 1 },
    )
  })

  it('says the same of small histories of an atomic register, and of the same with one answer changed', () => {
    const counts = { good: 0, bad: 0 }
    for (let seed = 0; seed < 3_000; seed++) {
      const mix = mixes[seed % mixes.length]!
      const unknownShare = seed % 2 === 0 ? 0.25 : 0
      const history = numbered(generate({ seed, operations: 7, keys: 1 + (seed % 2), clients: 3, mix, unknownShare }))
      expect(agrees(history), `seed ${seed}`).equal(true)
      if (agrees(corrupt(history, seed))) counts.good++
      else counts.bad++
    }
    expect(counts.bad).above(500)
    expect(counts.good).above(100)
  })

  it('finds a linearization that keeps real time and replays to the answers', () => {
    for (let seed = 0; seed < 500; seed++) {
      const mix = mixes[seed % mixes.length]!
      const history = generate({ seed, operations: 60, keys: 1, clients: 6, mix, unknownShare: 0.1 })
      const found = search(kvModel, history, 100_000)
      if (found.verdict !== 'linearizable') expect.fail(`seed ${seed}: ${found.verdict}`)
      let state = kvModel.init
      for (const [place, op] of found.order.entries()) {
        const step = kvModel.step(state, op)
        if (!step.ok) expect.fail(`seed ${seed}: ${JSON.stringify(op.op)} cannot happen`)
        state = step.state
        expect(found.order.slice(place + 1).every(later => later.end === null || later.end >= op.start)).equal(true)
      }
      expect(new Set(found.order).size).equal(found.order.length)
      expect(history.filter(op => op.end !== null).every(op => found.order.includes(op))).equal(true)
    }
  })

  it('says the same without insight, as an own state machine is checked', () => {
    const plain: Model<Value, KvOperation> = { init: kvModel.init, step: kvModel.step, key: kvModel.key }
    for (let seed = 0; seed < 1_000; seed++) {
      const mix = mixes[seed % mixes.length]!
      const made = generate({ seed, operations: 7, keys: 1, clients: 3, mix, unknownShare: 0.2 })
      const history = corrupt(made, seed)
      for (const model of [plain, { ...plain, insight: noInsight }]) {
        expect(search(model, history, 100_000).verdict === 'linearizable', `seed ${seed}`).equal(bruteForce(history))
      }
    }
  })

  it('decides long histories, with few keys and many clients, before and after one answer is changed', () => {
    const mix = { put: 30, get: 40, cas: 10, append: 10, del: 5 }
    const history = generate({ seed: 7, operations: 10_000, keys: 5, clients: 32, mix, unknownShare: 0.005 })
    expect(checkHistory(history).verdict).equal('linearizable')
    const late = history.findIndex(
      (op, place) => place > 8_000 && op.op === 'get' && op.end !== null && op.result !== null,
    )
    const wrong = history.map((op, place) => (place === late && op.op === 'get' ? { ...op, result: 'v1;' } : op))
    const result = checkHistory(wrong)
    expect(result.verdict).equal('notLinearizable')
    expect(result.violation?.operation).equal(wrong[late])
  })

  it('decides a hot key with hundreds of unknown writes open to the end', () => {
    const mix = { put: 50, get: 50 }
    const history = generate({ seed: 8, operations: 10_000, keys: 1, clients: 32, mix, unknownShare: 0.06 })
    expect(history.filter(op => op.end === null && op.op === 'put').length).above(200)
    expect(checkHistory(history, 50_000).verdict).equal('linearizable')
  })
})
