/**
 * The table of operations: everything that the store can be asked to do. Each export is one operation, by its name. Commands,
 * their validation and footprint, the client, the command line, the prompt, the debugger, workloads and the checker of
 * linearizability follow from it. README.md tells how to add one.
 */
import { operation, readsAll, readsKey, timed, writesKey } from './operation.ts'
import {
  answer,
  done,
  list,
  no,
  ok,
  refused,
  valueOrAbsent,
  wasExpected,
  wasThere,
  wholeNumber,
  yes,
} from './results.ts'
import { exceeds } from './validation.ts'

const key = { name: 'key', kind: 'key' } as const
const value = { name: 'value', kind: 'text' } as const
const deadline = { name: 'deadline', kind: 'milliseconds' } as const

/** Sets a key. A deadline that it had is gone. */
export const put = operation({
  number: 1,
  args: [key, value],
  footprint: writesKey,
  result: done,
  help: 'set a key',
  apply(store, key, value) {
    store.set(key, value)
    return ok
  },
})

/**
 * Sets a key that ends by itself after `ttlMs`. The replica that takes it in makes a deadline of that, by its own clock:
 * replicas are few, and kept in step by whoever runs them; the clocks of clients are anybody's.
 */
export const putFor = timed({
  number: 8,
  args: [
    key,
    value,
    {
      name: 'ttlMs',
      kind: 'milliseconds',
      flag: '--ttl <seconds>',
      help: 'it ends by itself after so many seconds, or with a unit (60, 500ms, 10m)',
    },
  ],
  result: done,
  optionOf: put,
  becomes: (nowMs, key, value, ttlMs) => putUntil(key, value, Math.ceil(nowMs) + ttlMs),
})

/** Sets a key that ends by itself at a time of day (ms since 1970), as the replicas' clocks have it. */
export const putUntil = operation({
  number: 9,
  args: [key, value, deadline],
  footprint: writesKey,
  result: done,
  apply(store, key, value, deadlineMs) {
    store.set(key, value, deadlineMs)
    return ok
  },
})

/** Removes a key if this is its deadline still: proposed by replicas whose clock has passed it. Answers whether it was. */
export const expire = operation({
  number: 10,
  args: [key, deadline],
  footprint: writesKey,
  result: wasThere,
  apply(store, key, deadlineMs) {
    if (store.deadlineOf(key) !== deadlineMs) return no
    store.delete(key)
    return yes
  },
})

/** Reads a key: its value, or null when it is absent. */
export const get = operation({
  number: 2,
  args: [key],
  footprint: readsKey,
  result: valueOrAbsent,
  help: 'print the value of a key; exit code 1 if it is absent',
  apply: (store, key) => answer(store.get(key)),
})

/** Removes a key. Answers whether it was there. */
export const del = operation({
  number: 3,
  args: [key],
  footprint: writesKey,
  result: wasThere,
  help: 'remove a key; exit code 1 if it is absent',
  apply(store, key) {
    if (!store.has(key)) return no
    store.delete(key)
    return yes
  },
})

/** Removes a key. Answers the value that it had, or null if it was absent. */
export const getdel = operation({
  number: 11,
  args: [key],
  footprint: writesKey,
  result: valueOrAbsent,
  help: 'print the value of a key and remove it; exit code 1 if it is absent',
  apply(store, key) {
    const value = store.get(key)
    store.delete(key)
    return answer(value)
  },
})

/** Sets a key (`next` null: removes it) if its value is `expected` (null: if it is absent). Answers whether it was. */
export const cas = operation({
  number: 4,
  args: [
    key,
    {
      name: 'old',
      kind: 'text',
      help: 'the value that is expected',
      orNull: { flag: '--absent', help: 'expect the key to be absent: give no old value' },
    },
    {
      name: 'new',
      kind: 'text',
      help: 'the value that replaces it',
      orNull: { flag: '--delete', help: 'remove the key: give no new value' },
    },
  ],
  footprint: writesKey,
  result: wasExpected,
  help: 'set a key if its value is the old one; exit code 1 if it is another',
  apply(store, key, expected, next) {
    if (store.get(key) !== expected) return no
    if (next === null) store.delete(key)
    else store.set(key, next)
    return yes
  },
})

/** Adds text at the end of a value; an absent key counts as the empty text. A deadline stays. */
export const append = operation({
  number: 5,
  args: [key, { name: 'text', kind: 'text' }],
  footprint: writesKey,
  result: done,
  help: 'add text at the end of a value',
  apply(store, key, text) {
    const { valueBytesMax } = store.limits
    const longer = (store.get(key) ?? '') + text
    if (exceeds(longer, valueBytesMax)) {
      return refused('tooLarge', `the value would have more than ${valueBytesMax} bytes`)
    }
    store.change(key, longer)
    return ok
  },
})

const wholeNumberText = /^-?(0|[1-9][0-9]*)$/

/** Adds a whole number to a value that is one; an absent key counts as 0. Answers the sum. A deadline stays. */
export const incr = operation({
  number: 6,
  args: [key, { name: 'by', kind: 'integer', help: 'what to add', byDefault: 1 }],
  footprint: writesKey,
  result: wholeNumber,
  help: 'add to a whole number and print the sum',
  apply(store, key, by) {
    const old = store.get(key) ?? '0'
    const number = Number(old)
    if (!wholeNumberText.test(old) || !Number.isSafeInteger(number)) {
      return refused('notANumber', 'incr needs a whole number, the value of this key is not one')
    }
    const sum = number + by
    if (!Number.isSafeInteger(sum)) return refused('overflow', `${number} + ${by} is beyond 2^53 - 1`)
    store.change(key, String(sum))
    return answer(sum)
  },
})

/** The keys that begin with `prefix`, in order. The answer has the size limit of a value, so that it fits in a frame. */
export const keys = operation({
  number: 7,
  args: [{ name: 'prefix', kind: 'prefix', help: 'only those that begin with it', byDefault: '' }],
  footprint: readsAll,
  result: list,
  help: 'print the keys, in order',
  apply(store, prefix) {
    const found = [...store.keys()].filter(key => key.startsWith(prefix))
    const bytes = found.reduce((sum, key) => sum + key.length * 3 + 5, 0)
    if (bytes > store.limits.valueBytesMax) {
      return refused('tooLarge', `${found.length} keys do not fit in one answer: name a longer prefix`)
    }
    return answer(found.sort())
  },
})
