import type { ArgumentValue } from '../../../../examples/kv/arguments.ts'
import { operationNamed } from '../../../../examples/kv/commands.ts'
import { argsOf } from '../../../../examples/kv/key-operations.ts'
import type { Executed } from '../../../../examples/kv/operation.ts'
import type { Writable } from '../../../../examples/kv/store.ts'
import type { Text } from '../../../../examples/kv/validation.ts'
import type { Model, Step } from '../model.ts'
import { insightOf } from './insight.ts'
import type { Expire, KvOperation, Value } from './operation.ts'

const to = (state: Value): Step<Value> => ({ ok: true, state })
const never: Step<Value> = { ok: false }

/** A store of one key, whichever. */
class OneKey implements Writable {
  value: Value = null

  get(): Value {
    return this.value
  }
  has(): boolean {
    return this.value !== null
  }
  deadlineOf(): undefined {
    return undefined
  }
  keys(): readonly string[] {
    throw new TypeError('an operation on one key asked for all')
  }
  is(_: string, value: Text | null): boolean {
    return this.value === (value?.toString() ?? null)
  }
  set(_: string, value: Text): void {
    this.value = value.toString()
  }
  change(_: string, value: Text): void {
    this.value = value.toString()
  }
  delete(): void {
    this.value = null
  }
}
const store = new OneKey()

/** What the store itself does with one key: the value that an operation leaves, and its answer, null if it is refused. */
export function executed(state: Value, op: Exclude<KvOperation, Expire>): { after: Value; answer: unknown } {
  store.value = state
  const { apply } = operationNamed(op.op).definition as Executed
  const args: readonly ArgumentValue[] = argsOf(op)
  const result = apply(store, op.key, ...args)
  return { after: store.value, answer: result.ok ? result.value : null }
}

/** What one key of the store does: absent at first. Operations with an unknown outcome only where they change it. */
export const kvModel: Model<Value, KvOperation> = {
  init: null,
  key: state => state,
  insight: insightOf,
  step(state, op) {
    if (op.op === 'expire') return state?.startsWith(op.args) === true ? to(null) : never
    const { after, answer } = executed(state, op)
    if (op.end === null) return after === state ? never : to(after)
    return 'result' in op && answer !== op.result ? never : to(after)
  },
}
