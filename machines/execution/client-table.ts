/** What the table says of one command of a session. */
export type Standing =
  /** Not applied yet. */
  | { readonly standing: 'new' }
  /** Applied: this was its result. */
  | { readonly standing: 'answered'; readonly result: unknown }
  /** The client has said that it has its answer, or wants it no more. */
  | { readonly standing: 'outdated' }
  /** Too far above what its client has taken: its answer would have no room. */
  | { readonly standing: 'beyondWindow' }
  /** There is no such session, or not any more. */
  | { readonly standing: 'expired' }

/**
 * A command whose number is further than this above the floor that it carries is not applied. So no session ever has more
 * answers here: with F the highest floor that came, each applied number n > F came with a floor f <= F, and n <= f + this.
 * It depends on the command alone, and is no configuration but part of the replicated state: all decide alike, whatever the
 * order in which commands of a session come. Letting the oldest answers go instead would be no less equal everywhere, but
 * the client of a command that was applied would never learn its result; this way it is told before anything is lost.
 */
export const sessionWindow = 65_536

interface Row {
  floor: number
  last: number
  readonly answers: Map<number, unknown>
}

/** A client table as plain data, for snapshots. Equal tables give equal data. */
export type ClientTableData = readonly (readonly [
  session: string,
  floor: number,
  last: number,
  answers: readonly (readonly [sequence: number, result: unknown])[],
])[]

/**
 * The replicated client table: of each session the results that its client may still ask for. Part of the state: it is
 * changed by executed commands alone, in the order that conflicts give, and lies in every snapshot (B17).
 */
export class ClientTable {
  #rows = new Map<string, Row>()

  get sessions(): Iterable<string> {
    return this.#rows.keys()
  }
  get size(): number {
    return this.#rows.size
  }

  has(session: string): boolean {
    return this.#rows.has(session)
  }

  /** The highest sequence number applied in a session; undefined when there is no such session. */
  last(session: string): number | undefined {
    return this.#rows.get(session)?.last
  }

  open(session: string): void {
    if (!this.#rows.has(session)) this.#rows.set(session, { floor: 0, last: 0, answers: new Map() })
  }

  /** @returns false when the session was used since, or is no more */
  expire(session: string, last: number): boolean {
    return this.#rows.get(session)?.last === last && this.#rows.delete(session)
  }

  /** @param floor that the command carries */
  look(session: string, sequence: number, floor: number): Standing {
    const row = this.#rows.get(session)
    if (row === undefined) return { standing: 'expired' }
    if (sequence <= row.floor) return { standing: 'outdated' }
    if (row.answers.has(sequence)) return { standing: 'answered', result: row.answers.get(sequence) }
    return sequence > floor + sessionWindow ? { standing: 'beyondWindow' } : { standing: 'new' }
  }

  /** A command of the session was applied; answers up to its floor are not wanted any more. */
  applied(session: string, sequence: number, floor: number, result: unknown): void {
    const row = this.#rows.get(session)
    if (row === undefined) return
    row.answers.set(sequence, result)
    row.last = Math.max(row.last, sequence)
    raise(row, floor)
  }

  toData(): ClientTableData {
    return [...this.#rows]
      .map(
        ([session, { floor, last, answers }]) =>
          [session, floor, last, [...answers].sort(([a], [b]) => a - b)] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  restore(data: ClientTableData): void {
    this.#rows = new Map(
      data.map(([session, floor, last, answers]) => [session, { floor, last, answers: new Map(answers) }]),
    )
  }
}

/** Costs O(1) a number, amortised, however many answers lie above the floor: with many in flight it rises with each. */
function raise(row: Row, floor: number): void {
  if (floor - row.floor > row.answers.size) {
    for (const each of row.answers.keys()) if (each <= floor) row.answers.delete(each)
  } else for (let each = row.floor + 1; each <= floor; each++) row.answers.delete(each)
  row.floor = Math.max(row.floor, floor)
}
