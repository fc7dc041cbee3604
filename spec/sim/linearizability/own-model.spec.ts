import { expect } from 'chai'
import { checkObject, type Model, type Timed } from './index.ts'

interface QueueOperation extends Timed {
  readonly push?: string
  /** Null: it was empty. */
  readonly popped?: string | null
}

const queue: Model<readonly string[], QueueOperation> = {
  init: [],
  key: state => state.join(),
  step(state, op) {
    if (op.push !== undefined) return { ok: true, state: [...state, op.push] }
    if (op.end !== null && op.popped !== (state[0] ?? null)) return { ok: false }
    return { ok: true, state: state.slice(1) }
  },
}

const push = (value: string, start: number, end: number | null): QueueOperation => ({ push: value, start, end })
const pop = (value: string | null, start: number, end: number | null): QueueOperation => ({ popped: value, start, end })

describe('linearizability: an own state machine', () => {
  it('is checked by its sequential specification alone', () => {
    const history = [push('a', 1, 4), push('b', 2, 3), pop('b', 5, 6), pop('a', 7, 8), pop(null, 9, 10)]
    expect(checkObject(queue, history).verdict).equal('linearizable')
  })

  it('may have operations with unknown outcomes', () => {
    const pushed = [push('a', 1, 2), push('b', 3, 4)]
    expect(checkObject(queue, [...pushed, pop('b', 7, 8)]).verdict).equal('notLinearizable')
    expect(checkObject(queue, [...pushed, pop(null, 5, null), pop('b', 7, 8)]).verdict).equal('linearizable')
  })

  it('shows where it first goes wrong, and the states before', () => {
    const history = [push('a', 1, 4), push('b', 2, 3), pop('c', 5, 6), pop('a', 7, 8)]
    const result = checkObject(queue, history)
    if (result.verdict !== 'notLinearizable') return expect.fail(result.verdict)
    expect(result.location.operation).equal(history[2])
    expect(result.location.before).have.deep.members([
      ['a', 'b'],
      ['b', 'a'],
    ])
  })
})
