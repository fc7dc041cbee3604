import type { Model, Step } from '../model.ts'
import { insightOf } from './insight.ts'
import { integerOf } from './integer.ts'
import type { Incr, KvOperation, Value } from './operation.ts'

const to = (state: Value): Step<Value> => ({ ok: true, state })
const never: Step<Value> = { ok: false }

/** What one key of the store does: absent at first. Operations with an unknown outcome only where they change it. */
export const kvModel: Model<Value, KvOperation> = {
  init: null,
  key: state => state,
  insight: insightOf,
  step(state, op) {
    const known = op.end !== null
    switch (op.op) {
      case 'put':
        return to(op.args)
      case 'append':
        return to((state ?? '') + op.args)
      case 'get':
        return known && state === op.result ? to(state) : never
      case 'cas': {
        const matches = state === op.args[0]
        if (known && matches !== op.result) return never
        return matches ? to(op.args[1]) : known ? to(state) : never
      }
      case 'del': {
        const exists = state !== null
        if (known && exists !== op.result) return never
        return exists ? to(null) : known ? to(state) : never
      }
      case 'incr':
        return known ? incremented(state, op) : added(state, op.args)
      case 'expire':
        return state?.startsWith(op.args) === true ? to(null) : never
    }
  },
}

function added(state: Value, by: number): Step<Value> {
  const number = integerOf(state)
  return number === undefined || !Number.isSafeInteger(number + by) ? never : to(String(number + by))
}

function incremented(state: Value, op: Incr): Step<Value> {
  const next = added(state, op.args)
  if (op.result === null) return next.ok ? never : to(state)
  return next.ok && next.state === String(op.result) ? next : never
}
