import type { KvOperation, Value } from '../index.ts'

/** The store's rules once more, written apart from the checker's model: the value after it, or undefined if wrong. */
function next(value: Value, op: KvOperation): { value: Value } | undefined {
  const right = (holds: boolean, after: Value) => (holds || op.end === null ? { value: after } : undefined)
  switch (op.op) {
    case 'put':
      return { value: op.args }
    case 'append':
      return { value: value === null ? op.args : value + op.args }
    case 'get':
      return right(op.result === value, value)
    case 'del':
      return right(op.result === (value !== null), null)
    case 'getdel':
      return right(op.result === value, null)
    case 'cas':
      return right(op.result === (value === op.args[0]), value === op.args[0] ? op.args[1] : value)
    case 'expire':
      return { value: value?.slice(0, op.args.length) === op.args ? null : value }
    case 'incr': {
      const number = value === null ? 0 : /^(0|-?[1-9][0-9]*|-0)$/.test(value) ? Number.parseInt(value, 10) : null
      if (number === null) return right(op.result === null, value)
      return right(op.result === number + op.args, String(number + op.args))
    }
    default:
      throw new TypeError(`no rule is written here for ${(op as KvOperation).op}`)
  }
}

/** Tries every order of one key's operations, with every choice of the unknown ones. */
function someOrder(rest: readonly KvOperation[], value: Value): boolean {
  if (rest.every(op => op.end === null)) return true
  return rest.some((op, index) => {
    const others = rest.filter((_, other) => other !== index)
    if (others.some(other => other.end !== null && other.end < op.start)) return false
    const after = next(value, op)
    return after !== undefined && someOrder(others, after.value)
  })
}

/** Whether a small history is linearizable, by trying everything. */
export function bruteForce(history: readonly KvOperation[]): boolean {
  const keys = new Set(history.map(op => op.key))
  return [...keys].every(key =>
    someOrder(
      history.filter(op => op.key === key),
      null,
    ),
  )
}

/** The operation that completes the shortest prefix, by end, that is not linearizable. */
export function bruteForceFirst(history: readonly KvOperation[]): KvOperation | undefined {
  const completed = history.filter(op => op.end !== null).sort((a, b) => Number(a.end! - b.end!))
  return completed.find(
    ({ end }) =>
      !bruteForce(
        history
          .filter(op => op.start <= end!)
          .map(op => (op.end !== null && op.end > end! ? { ...op, end: null } : op)),
      ),
  )
}
