import { baseOf } from './integer.ts'
import type { Append, Known, Value } from './operation.ts'
import type { Origins } from './origins.ts'

/** For appends that alone can have produced a value that was observed: the value each must have found. */
export type Pins = ReadonlyMap<Append, Value>

/** Goes back from every value that an answer proves, through the only operation it can come from. */
export function pinsOf(required: readonly Known[], origins: Origins): Pins {
  const pins = new Map<Append, Value>()
  const proven: Value[] = required.map(provenBy)
  const seen = new Set<Value>([null])
  for (let value = proven.pop(); value !== undefined; value = proven.pop()) {
    if (value === null || seen.has(value)) continue
    seen.add(value)
    const [origin, ...others] = origins.of(value)
    if (origin === undefined || others.length > 0 || !origins.isUnique(value) || origin.from === undefined) continue
    if (origin.op.op === 'append') pins.set(origin.op, origin.from)
    proven.push(origin.from)
  }
  return pins
}

/** The value that the key must have had at some moment, going by this answer alone; null: none, or absent. */
export function provenBy(op: Known): Value {
  if (op.op === 'get') return op.result
  if (op.op === 'cas') return op.result ? op.args[0] : null
  if (op.op === 'incr') return baseOf(op) ?? null
  return null
}
