import { bytes, list, literalOr, sealed, struct, type TypeOf, text } from './shape.ts'

/** Keys that a command touches, or every key there is or will be. */
export const keys = literalOr('all', list(text('keyBytesMax'), 'footprintKeysMax'))

/**
 * The footprint of a command: keys that it only reads, and keys that it writes (a key that is both stands under
 * `writes`). `'all'` is every key there is or will be.
 */
export const footprint = struct({ reads: keys, writes: keys })
export type Footprint = TypeOf<typeof footprint>
export type Keys = Footprint['reads']

/**
 * The command of one instance: a batch of client commands, opaque to the protocol, executed in their order as one, and
 * the union of their footprints. Sealed: its bytes are made once and travel and are stored as they are.
 */
export const command = sealed({ footprint, payloads: list(bytes('payloadBytesMax'), 'batchCommandsMax') })
export type Command = TypeOf<typeof command>

/** The command that does nothing, which a recovery may decide. Its dependencies are the zero vector. */
export const NOP = 'nop'
/** The value that an instance decides: a command, or Nop. */
export const value = literalOr(NOP, command)
export type Value = TypeOf<typeof value>

/** Bytes of its payloads. */
export const payloadBytes = ({ payloads }: Command): number =>
  payloads.reduce((sum, payload) => sum + payload.length, 0)

/** Whether one key is in both. */
export function intersect(a: Keys, b: Keys): boolean {
  if (a === 'all') return b === 'all' || b.length > 0
  if (b === 'all') return a.length > 0
  if (a.length === 0 || b.length === 0) return false
  if (a.length === 1 && b.length === 1) return a[0] === b[0]
  const [few, many] = a.length < b.length ? [a, b] : [b, a]
  if (few.length <= 4) return few.some(key => many.includes(key))
  const lookup = new Set(many)
  return few.some(key => lookup.has(key))
}

/** Two commands conflict unless they commute in state and in results: reads commute with reads (section 2). */
export const conflict = (a: Footprint, b: Footprint): boolean =>
  intersect(a.writes, b.writes) || intersect(a.writes, b.reads) || intersect(a.reads, b.writes)

/** Whether a footprint names all that the others name; what is written may be read too. */
export function coversAll(outer: Footprint, inner: readonly Footprint[]): boolean {
  if (outer.writes === 'all') return true
  const written = new NamedKeys(outer.writes)
  const read = outer.reads === 'all' ? undefined : new NamedKeys(outer.reads)
  for (const { reads, writes } of inner) {
    if (writes === 'all' || !writes.every(key => written.has(key))) return false
    if (read === undefined) continue
    if (reads === 'all' || !reads.every(key => read.has(key) || written.has(key))) return false
  }
  return true
}

/**
 * The keys of a footprint, to be looked up. A batch names the keys of its commands in their order, so nearly every one is
 * found behind the one before.
 */
class NamedKeys {
  readonly #keys: readonly string[]
  #next = 0
  #all: ReadonlySet<string> | undefined

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  has(key: string): boolean {
    if (this.#keys[this.#next] === key) {
      this.#next++
      return true
    }
    this.#all ??= new Set(this.#keys)
    return this.#all.has(key)
  }
}

function unionKeys(all: readonly Keys[]): Keys {
  if (all.length === 1) return all[0]!
  const result = new Set<string>()
  for (const some of all) {
    if (some === 'all') return 'all'
    for (const key of some) result.add(key)
  }
  return [...result]
}

/** The footprint of a batch: the union of its commands' footprints. A key that is written is not named as read too. */
export function unionFootprint(footprints: readonly Footprint[]): Footprint {
  if (footprints.length === 1) return footprints[0]!
  const reads = unionKeys(footprints.map(each => each.reads))
  const writes = unionKeys(footprints.map(each => each.writes))
  if (reads === 'all' || writes === 'all') return { reads, writes }
  const written = new Set(writes)
  return { reads: reads.filter(key => !written.has(key)), writes }
}
