import type { StateKey, Trait } from '../model.ts'
import { baseOf } from './integer.ts'
import type { Mortal } from './mortal.ts'
import type { Append, Cas, Incr, Known, Put, Value } from './operation.ts'
import type { Origins } from './origins.ts'
import type { Pins } from './pins.ts'

/** What the traits of one operation are made from. */
export interface View {
  readonly origins: Origins
  readonly pins: Pins
  /** The gets that returned a value, as indices of required operations. */
  readonly readers: ReadonlyMap<string, readonly number[]>
  readonly increments: boolean
  readonly mortal: Mortal
  readonly key: (state: Value) => StateKey
  readonly unread: StateKey
}

/** What could become a number by appending digits; such values are told apart when the history increments. */
export const numeric = /^-?\d*$/

export function traitOf(op: Known, view: View): Trait {
  switch (op.op) {
    case 'get':
      return { readOnly: true, requires: view.key(op.result) }
    case 'put':
      return putTrait(op, view)
    case 'append':
      return appendTrait(op, view)
    case 'cas':
      return casTrait(op, view)
    case 'del':
      if (op.end !== null && !op.result) return { readOnly: true, requires: null }
      return { picky: true, covers: true, label: 'del' }
    case 'incr':
      return incrTrait(op, view)
    case 'expire':
      return { label: `expire ${op.args}` }
  }
}

const unreadTrait: Trait = { blind: true, covers: true, unread: true, label: 'unread', hiddenWith: [] }

function putTrait(op: Put, view: View): Trait {
  const value = op.args
  const key = view.key(value)
  if (key === view.unread) return unreadTrait
  const trait: Trait = { blind: true, covers: true, label: `put ${value}` }
  // Read by gets alone: once they are all called, the value and its readers can be passed through at any time.
  const { origins } = view
  const counts = view.increments && numeric.test(value)
  // Passed through, it could not end by itself, and leave the key absent.
  const ends = view.mortal.keyOf(value) !== undefined
  const hidable = origins.matters(value) && origins.isUnique(value) && !origins.isBase(value) && !counts && !ends
  return hidable ? { ...trait, hiddenWith: view.readers.get(value) ?? [] } : trait
}

function appendTrait(op: Append, view: View): Trait {
  // With increments, a text that is all digits may turn a number into another.
  const opaque = view.increments ? /[^-\d]/.test(op.args) : true
  // What it leaves of a value that can end by itself can do so too.
  if (!view.origins.isPart(op) && opaque && !view.mortal.isAny) return unreadTrait
  const pin = view.pins.get(op)
  const trait: Trait = { label: `append ${op.args}` }
  return pin === undefined ? trait : { ...trait, requires: view.key(pin) }
}

function casTrait(op: Cas, view: View): Trait {
  const [expected, replacement] = op.args
  if (op.end !== null && !op.result) return { readOnly: true, picky: true }
  const requires = view.key(expected)
  if (expected === replacement) return { readOnly: true, requires }
  return {
    requires,
    label: `cas ${JSON.stringify([expected, view.key(replacement) === view.unread ? [] : replacement])}`,
  }
}

function incrTrait(op: Incr, view: View): Trait {
  if (op.end === null) return { label: `incr ${op.args}` }
  if (op.result === null) return { readOnly: true, picky: true }
  const base = baseOf(op)
  const label = `incr ${op.args} to ${op.result}`
  return base === undefined ? { picky: true, label } : { requires: view.key(base), label }
}
