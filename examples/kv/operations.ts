/**
 * The table of operations: everything that the store can be asked to do. Each export is one operation, by its name. Commands,
 * their validation and footprint, the client, the command line, the prompt, the debugger, workloads and the checker of
 * linearizability follow from it. README.md tells how to add one.
 */
import { compareTexts } from '../../actors/shared/ordered-keys.ts'
import { operation, readsAll, readsKey, timed, writesKey } from './operation.ts'
import {
  answer,
  done,
  type KvResult,
  list,
  no,
  ok,
  page,
  refused,
  valueOrAbsent,
  wasExpected,
  wasThere,
  wholeNumber,
  yes,
} from './results.ts'
import type { Readable, Writable } from './store.ts'
import { defaultKvLimits, exceeds, type Text } from './validation.ts'

const key = { name: 'key', kind: 'key' } as const
const value = { name: 'value', kind: 'text' } as const
const text = { name: 'text', kind: 'text' } as const
const prefix = { name: 'prefix', kind: 'prefix', help: 'only those that begin with it', byDefault: '' } as const
const deadline = { name: 'deadline', kind: 'milliseconds' } as const
/** A limit of the replica that took the command in: it decides alike at all replicas, whatever limits they have. */
const bytesMax = { name: 'bytesMax', kind: 'bytesMax' } as const

/** The limit of commands that were decided by each replica's own, in logs of before. */
const earlierBytesMax = defaultKvLimits.valueBytesMax

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
 * Sets a key that ends by itself after `ttlMs`. The replica that takes it in makes a deadline of that, by the cluster
 * clock, which no single replica moves; the clocks of clients are anybody's.
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
      help: 'it ends by itself after so many seconds, or with a unit (60, 500ms, 10m, 1h)',
    },
  ],
  result: done,
  optionOf: put,
  // A command is encoded as it is, with strings or with bytes.
  becomes: (nowMs, key, value, ttlMs) => putUntil(key, value as string, Math.ceil(nowMs) + ttlMs),
})

/** Sets a key that ends by itself at a time of day (ms since 1970), as the cluster clock has it. */
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

/** Removes a key if this is its deadline still: proposed once the clocks of a quorum have passed it. Answers whether it was. */
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
    if (!store.is(key, expected)) return no
    if (next === null) store.delete(key)
    else store.set(key, next)
    return yes
  },
})

function appended(store: Writable, key: string, text: Text, bytesMax: number): KvResult<null> {
  const longer = (store.get(key) ?? '') + text
  if (exceeds(longer, bytesMax)) return refused('tooLarge', bytesMax)
  store.change(key, longer)
  return ok
}

/** Adds text at the end of a value, if that has at most so many bytes then. What `append` becomes. */
export const appendWithin = operation({
  number: 12,
  args: [key, text, bytesMax],
  footprint: writesKey,
  result: done,
  apply: (store, key, text, bytesMax) => appended(store, key, text, bytesMax),
})

/** Adds text at the end of a value; an absent key counts as the empty text. A deadline stays. */
export const append = operation({
  number: 5,
  args: [key, text],
  footprint: writesKey,
  result: done,
  help: 'add text at the end of a value',
  proposedAs: ({ valueBytesMax }, key, text) => appendWithin(key, text as string, valueBytesMax),
  apply: (store, key, text) => appended(store, key, text, earlierBytesMax),
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
    if (!wholeNumberText.test(old) || !Number.isSafeInteger(number)) return refused('notANumber')
    const sum = number + by
    if (!Number.isSafeInteger(sum)) return refused('overflow')
    store.change(key, String(sum))
    return answer(sum)
  },
})

/** Bytes of a key in an answer, at most. */
const bytesInAnswer = (key: string): number => key.length * 3 + 5

function allKeys(store: Readable, prefix: string, bytesMax: number): KvResult<readonly string[]> {
  const found: string[] = []
  let bytes = 0
  for (const key of store.keys({ from: prefix })) {
    if (!key.startsWith(prefix)) break
    bytes += bytesInAnswer(key)
    if (bytes > bytesMax) return refused('tooLarge', bytesMax)
    found.push(key)
  }
  return answer(found)
}

/** The keys that begin with `prefix`, in order, if they fit in so many bytes. What `keys` becomes. */
export const keysWithin = operation({
  number: 13,
  args: [{ name: 'prefix', kind: 'prefix' }, bytesMax],
  footprint: readsAll,
  result: list,
  apply: (store, prefix, bytesMax) => allKeys(store, prefix, bytesMax),
})

/** The keys that begin with `prefix`, in order, at one moment. They fit in one answer, or are refused: `scan` has no such end. */
export const keys = operation({
  number: 7,
  args: [prefix],
  footprint: readsAll,
  result: list,
  help: 'print the keys, in order',
  proposedAs: ({ valueBytesMax }, prefix) => keysWithin(prefix, valueBytesMax),
  apply: (store, prefix) => allKeys(store, prefix, earlierBytesMax),
})

/**
 * A page of the keys that begin with `prefix`, in the order of their bytes: from `from` on, before `to` (null: to the
 * last), at most `limit` of them and so many bytes, but at least one if there is one. The page names the key that the
 * next one begins with: to go on, scan from there. So a cursor is a key. It means the same at every replica, and stays
 * good whatever is put and removed meanwhile.
 */
export const scan = operation({
  number: 14,
  args: [
    { name: 'prefix', kind: 'prefix' },
    { name: 'from', kind: 'prefix' },
    { name: 'to', kind: 'prefix', orNull: { flag: '--to', help: 'before this key' } },
    { name: 'limit', kind: 'count' },
    bytesMax,
  ],
  footprint: readsAll,
  result: page,
  apply(store, prefix, from, to, limit, bytesMax) {
    const found: string[] = []
    let bytes = 0
    for (const key of store.keys({ from: compareTexts(prefix, from) > 0 ? prefix : from, to: to ?? undefined })) {
      if (!key.startsWith(prefix)) break
      bytes += bytesInAnswer(key)
      if (found.length === limit || (bytes > bytesMax && found.length > 0)) return answer({ keys: found, next: key })
      found.push(key)
    }
    return answer({ keys: found, next: null })
  },
})
