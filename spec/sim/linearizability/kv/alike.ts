import type { Known, KvOperation, Named } from './operation.ts'

const known: Readonly<Record<Known['op'], true>> = {
  put: true,
  append: true,
  get: true,
  cas: true,
  del: true,
  incr: true,
  expire: true,
}
const isKnown = (op: { readonly op: string }): op is Known => Object.hasOwn(known, op.op)

/**
 * By the name of another operation: a known one that is right in the same states, and leaves the same. An operation that is
 * not here is checked all the same, without insight: long histories of it may be undecided.
 */
const asKnown: Readonly<Record<string, (op: never) => Known>> = {
  getdel: ({ result, ...op }: Named<'getdel'>): Known => {
    if (op.end === null) return { ...op, op: 'del', result: false }
    return result === null ? { ...op, op: 'get', result } : { ...op, op: 'cas', args: [result, null], result: true }
  },
}

/** The operation in terms of those that the insight knows; undefined: there is none. */
export const alike = (op: KvOperation): Known | undefined =>
  isKnown(op) ? op : asKnown[(op as KvOperation).op]?.(op as never)
