import { baseOf, integerOf } from './integer.ts'
import type { Append, Known, Value } from './operation.ts'

/** An operation that can have produced a value, and the value it must have found; undefined: any. */
export interface Origin {
  readonly op: Known
  readonly from: Value | undefined
}

/** Which values matter to a history, and by which of its operations each can be produced. */
export interface Origins {
  /** Some operation observes the value by name, or observes one that it can grow into by appending. */
  matters(value: string): boolean
  of(value: string): readonly Origin[]
  /** At most one operation can produce it, and that one in one way. */
  isUnique(value: string): boolean
  /** Whether a key that exists can become absent. */
  readonly canVanish: boolean
  /** Whether the append can produce a value that matters. */
  isPart(append: Append): boolean
  /** The value is found and turned into one that matters, by an append, cas or incr, or is compared with by a cas. */
  isBase(value: string): boolean
}

export function originsOf(operations: readonly Known[]): Origins {
  const produced: Produced = {
    whole: new Map(),
    parts: new Map(),
    bases: new Set(),
    mentioned: [],
    canVanish: false,
    unknownIncrement: false,
  }
  for (const op of operations) note(op, produced)
  const { bases, canVanish, unknownIncrement } = produced
  const { origins, used } = tracedBack(produced)
  return {
    matters: value => origins.has(value),
    of: value => origins.get(value) ?? [],
    isUnique: value => (origins.get(value)?.length ?? 0) <= 1 && !(unknownIncrement && integerOf(value) !== undefined),
    canVanish,
    isPart: append => used.has(append),
    isBase: value => bases.has(value),
  }
}

/** What the operations of a history produce, and the values that they name. */
interface Produced {
  /** By value, what produces it as a whole; by text, what appends it. */
  readonly whole: Map<string, Origin[]>
  readonly parts: Map<string, Append[]>
  readonly bases: Set<string>
  readonly mentioned: string[]
  canVanish: boolean
  /** An increment whose result nobody knows. */
  unknownIncrement: boolean
}

function note(op: Known, found: Produced): void {
  const { whole, parts, bases, mentioned } = found
  const known = op.end !== null
  switch (op.op) {
    case 'put':
      push(whole, op.args, { op, from: undefined })
      break
    case 'append':
      push(parts, op.args, op)
      break
    case 'get':
      if (known && op.result !== null) mentioned.push(op.result)
      break
    case 'cas': {
      const [expected, replacement] = op.args
      if (expected !== null) {
        mentioned.push(expected)
        bases.add(expected)
      }
      if (known && !op.result) break
      if (replacement === null) found.canVanish = true
      else push(whole, replacement, { op, from: expected })
      break
    }
    case 'del':
      if (!known || op.result) found.canVanish = true
      break
    case 'expire':
      found.canVanish = true
      break
    case 'incr':
      if (!known) {
        found.unknownIncrement = true
      } else if (op.result !== null) {
        const base = baseOf(op)
        push(whole, String(op.result), { op, from: base })
        if (base !== undefined) {
          bases.add(base)
          mentioned.push(base)
        }
      }
  }
}

/** The origins of the values that are mentioned, and of those that these come from by appending. */
function tracedBack({ whole, parts, bases, mentioned }: Produced) {
  const canBeEmpty = whole.has('') || parts.has('')
  const lengths = [...new Set([...parts.keys()].map(part => part.length))]
  const origins = new Map<string, readonly Origin[]>()
  const used = new Set<Append>()

  const find = (value: string): Origin[] => {
    const found = [...(whole.get(value) ?? [])]
    for (const length of lengths) {
      if (length > value.length) continue
      const base = value.slice(0, value.length - length)
      for (const op of parts.get(value.slice(value.length - length)) ?? []) {
        used.add(op)
        if (base !== '') found.push({ op, from: base })
        else found.push({ op, from: canBeEmpty ? undefined : null })
      }
    }
    return found
  }
  for (let value = mentioned.pop(); value !== undefined; value = mentioned.pop()) {
    if (origins.has(value)) continue
    const found = find(value)
    origins.set(value, found)
    for (const { op, from } of found) {
      if (op.op !== 'append') continue
      // An append to an empty text or to an absent key.
      const base = from ?? ''
      bases.add(base)
      mentioned.push(base)
    }
  }
  return { origins, used }
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key)
  if (items === undefined) map.set(key, [item])
  else items.push(item)
}
