import type { ReadOptions } from './client.ts'
import { type KvCommand, type KvPage, scan } from './commands.ts'
import type { KvLimits } from './validation.ts'

/** Which keys a scan gives; what is left out bounds nothing. */
export interface ScanOptions extends ReadOptions {
  /** Only those that begin with it. */
  readonly prefix?: string | undefined
  /** From this key on: also a cursor, the key that an earlier scan has ended before. */
  readonly from?: string | undefined
  /** The same without the key itself. */
  readonly after?: string | undefined
  /** Before this key. */
  readonly to?: string | undefined
  /** At most so many. */
  readonly limit?: number | undefined
  /** Keys that one page asks for. */
  readonly pageKeysMax?: number | undefined
}

/** Bytes of a page: small beside a frame, so that scans delay nobody. */
const pageBytesMax = 65_536
const defaultPageKeysMax = 1_000

/**
 * The keys in the order of their bytes, fetched page by page while somebody reads them. Each page is the state of one
 * moment, the scan as a whole is not: a key that is put or removed meanwhile may be among them or not, every other one
 * is, once.
 * @returns the key that the next scan would begin with, where `limit` has ended this one; else null
 */
export async function* scanKeys(
  ask: (command: KvCommand, options: ReadOptions) => Promise<KvPage>,
  options: ScanOptions,
  { valueBytesMax }: KvLimits,
): AsyncGenerator<string, string | null, undefined> {
  const { prefix = '', after, to = null, limit = Number.POSITIVE_INFINITY, pageKeysMax = defaultPageKeysMax } = options
  let from = options.from ?? after ?? ''
  for (let left = limit; ; ) {
    // One more, which may be the one to come after.
    const count = Math.min(pageKeysMax, left + 1)
    const page = await ask(scan(prefix, from, to, count, Math.min(pageBytesMax, valueBytesMax)), options)
    for (const key of page.keys) {
      if (key === after) continue
      if (left === 0) return key
      left--
      yield key
    }
    if (page.next === null) return null
    from = page.next
    if (left === 0) return from
  }
}
