import type { KvOperation, Value } from '../index.ts'
import { executed } from '../kv/model.ts'

export type Mix = Readonly<Partial<Record<KvOperation['op'], number>>>

export interface Shape {
  readonly seed: number
  readonly operations: number
  readonly keys: number
  readonly clients: number
  /** Weights of the kinds of operations, whole numbers. */
  readonly mix: Mix
  /** Share of operations whose outcome the client never learns; half of them take effect. */
  readonly unknownShare?: number
}

/** A small seeded generator (mulberry32): a number in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Planned {
  readonly op: KvOperation
  readonly takesEffect: bigint
}

/**
 * A linearizable history: clients in closed loops on atomic registers, each operation taking effect at one moment
 * between its call and its return (or, when its outcome is unknown, at any later moment, or never).
 */
export function generate(shape: Shape): KvOperation[] {
  const random = randomOf(shape.seed)
  const upTo = (most: number): number => Math.floor(random() * most)
  const values = new Map<string, Value>()
  const history: KvOperation[] = []
  const waiting: Planned[] = []
  const free = Array.from({ length: shape.clients }, (_, client) => ({ client, at: BigInt(1 + upTo(1000)) }))
  const flush = (until: bigint | null): void => {
    waiting.sort((a, b) => Number(a.takesEffect - b.takesEffect))
    while (waiting.length > 0 && (until === null || waiting[0]!.takesEffect < until)) {
      const { op } = waiting.shift()!
      const value = values.get(op.key) ?? null
      values.set(op.key, value)
      const { after, result } = execute(value, op)
      values.set(op.key, after)
      history.push({ ...op, ...(result === undefined || op.end === null ? {} : { result }) } as KvOperation)
    }
  }
  for (let number = 0; number < shape.operations; number++) {
    free.sort((a, b) => Number(a.at - b.at))
    const next = free[0]!
    flush(next.at)
    const start = next.at
    const length = 2 + upTo(1000)
    const end = start + BigInt(length)
    const key = `k${upTo(shape.keys)}`
    const isLost = random() < (shape.unknownShare ?? 0)
    const kind = kindOf(shape.mix, number, values.get(key) ?? null, random)
    const unknown = isLost || kind.op === 'expire'
    const happens = unknown ? start + BigInt(upTo(20_000)) : start + BigInt(1 + upTo(length - 1))
    const op = {
      client: next.client,
      key,
      start,
      end: unknown ? null : end,
      ...kind,
    }
    if (unknown && random() < 0.5) history.push(op as KvOperation)
    else waiting.push({ op: op as KvOperation, takesEffect: happens })
    next.at = end + BigInt(1 + upTo(100))
  }
  flush(null)
  return history
}

function kindOf(mix: Mix, number: number, value: Value, random: () => number) {
  const weighted = Object.entries(mix).flatMap(([kind, weight]) => Array<string>(weight).fill(kind))
  const op = weighted[Math.floor(random() * weighted.length)]!
  const fresh = `v${number};`
  if (op === 'put' || op === 'append') return { op, args: fresh }
  if (op === 'cas') return { op, args: [random() < 0.1 ? null : value, fresh], result: false }
  if (op === 'expire') return { op, args: value?.slice(0, value.indexOf(';') + 1) ?? fresh }
  if (op === 'incr') return { op, args: 1 + Math.floor(random() * 2), result: null }
  return { op, result: op === 'get' ? null : false }
}

function execute(value: Value, op: KvOperation): { after: Value; result?: unknown } {
  if (op.op === 'expire') return { after: value?.startsWith(op.args) ? null : value }
  const { after, answer } = executed(value, op)
  return 'result' in op ? { after, result: answer } : { after }
}
