import type { KvOperation } from '../index.ts'

type Kind = KvOperation extends infer Op
  ? Op extends KvOperation
    ? Omit<Op, 'client' | 'key' | 'start' | 'end'>
    : never
  : never

const at =
  (kind: Kind) =>
  (client: number, start: number, end: number | null, key = 'x'): KvOperation =>
    ({ ...kind, client, key, start: BigInt(start), end: end === null ? null : BigInt(end) }) as KvOperation

/** Operations for hand-written histories: `put('a')(client, start, end)`; end null: unknown outcome. */
export const put = (args: string) => at({ op: 'put', args })
export const append = (args: string) => at({ op: 'append', args })
export const get = (result: string | null) => at({ op: 'get', result })
export const cas = (expected: string | null, replacement: string | null, result: boolean) =>
  at({ op: 'cas', args: [expected, replacement], result })
export const del = (result: boolean) => at({ op: 'del', result })
export const expire = (text: string) => at({ op: 'expire', args: text })
export const incr = (result: number | null, by = 1) => at({ op: 'incr', args: by, result })
