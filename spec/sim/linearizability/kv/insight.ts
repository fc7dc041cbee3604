import type { Insight, StateKey } from '../model.ts'
import { alike } from './alike.ts'
import { goneForGood } from './gone.ts'
import { mortalOf } from './mortal.ts'
import type { Known, KvOperation, Value } from './operation.ts'
import { originsOf } from './origins.ts'
import { pinsOf } from './pins.ts'
import { numeric, traitOf } from './traits.ts'

/** Every value that no operation of the history observes, and that cannot grow into one that is. */
export const UNREAD: unique symbol = Symbol('a value that nobody reads')

/**
 * What one key's history tells beforehand: which values matter, where each can come from, and so in which state an
 * operation must have happened. It follows from the values themselves, and says little where they are not unique.
 */
export function insightOf(required: readonly KvOperation[], unknown: readonly KvOperation[]): Insight<Value> {
  const [known, open] = [required.map(alike), unknown.map(alike)]
  return known.every(isThere) && open.every(isThere) ? insightOfKnown(known, open) : noInsight(required, unknown)
}

const isThere = (op: Known | undefined): op is Known => op !== undefined

/** Of a history with an operation that is like none of those known: nothing, and the search tries every order. */
export const noInsight = (required: readonly KvOperation[], unknown: readonly KvOperation[]): Insight<Value> => ({
  key: state => state,
  required: required.map(() => ({})),
  unknown: unknown.map(() => ({})),
  once: () => false,
})

function insightOfKnown(required: readonly Known[], unknown: readonly Known[]): Insight<Value> {
  const operations = [...required, ...unknown]
  const isGone = goneForGood(required, originsOf(operations))
  const gone = new Set(operations.filter(isGone))
  const origins = originsOf(operations.filter(op => !gone.has(op)))
  const increments = operations.some(op => op.op === 'incr')
  const mortal = mortalOf(operations)
  const key = (state: Value): StateKey =>
    state === null || origins.matters(state) || (increments && numeric.test(state))
      ? state
      : (mortal.keyOf(state) ?? UNREAD)
  const pins = pinsOf(required, origins)
  const view = { origins, pins, readers: readersOf(required), increments, mortal, key, unread: UNREAD }
  return {
    key,
    required: required.map(op => (gone.has(op) ? { readOnly: true, idle: true } : traitOf(op, view))),
    unknown: unknown.map(op => (op.op === 'get' || gone.has(op) ? null : traitOf(op, view))),
    once: state =>
      state === null
        ? !origins.canVanish
        : typeof state === 'string' && origins.matters(state) && origins.isUnique(state),
  }
}

function readersOf(required: readonly Known[]): Map<string, number[]> {
  const readers = new Map<string, number[]>()
  for (const [index, op] of required.entries()) {
    if (op.op !== 'get' || op.result === null) continue
    const those = readers.get(op.result)
    if (those === undefined) readers.set(op.result, [index])
    else those.push(index)
  }
  return readers
}
