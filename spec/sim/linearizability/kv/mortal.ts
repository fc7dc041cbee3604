import type { StateKey } from '../model.ts'
import type { Known } from './operation.ts'

/** Which values can end by themselves. */
export interface Mortal {
  /** What tells a value that nobody reads from others: how it can end. Undefined: it cannot, and never will. */
  keyOf(value: string): StateKey | undefined
  /** Whether any value of the history can. */
  readonly isAny: boolean
}

export function mortalOf(operations: readonly Known[]): Mortal {
  const texts = new Set<string>()
  for (const op of operations) if (op.op === 'expire') texts.add(op.args)
  // The longest first: it says which of the others the value begins with.
  const keys = [...texts].sort((a, b) => b.length - a.length).map(text => [text, Symbol(`ends with ${text}`)] as const)
  return {
    isAny: texts.size > 0,
    keyOf(value) {
      // By an append it could become one of them.
      if (keys.some(([text]) => text.length > value.length && text.startsWith(value))) return value
      return keys.find(([text]) => value.startsWith(text))?.[1]
    },
  }
}
