import type { Limits } from '../../../actors/shared/limits.ts'
import type { Table } from '../support/table.ts'

/** A schedule that tells itself: it is a spec, and may be looked at step by step in the debugger. */
export interface Told {
  /** As the catalogue calls it: `N`, `X1`. */
  readonly name: string
  readonly title: string
  readonly n: 3 | 5
  readonly limits?: Partial<Limits>
  /** @throws Error when it does not end as it says */
  tell(table: Table): void
}

/** @throws Error unless it is so; chai is for specs alone, and this runs in programs too */
export function must(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`)
}
