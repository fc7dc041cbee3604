/** The standing of one command of a session by the table. */
export type Standing =
  /** Not applied yet. */
  | { readonly standing: 'new' }
  /** Applied: this was its result. */
  | { readonly standing: 'answered'; readonly result: unknown }
  /** Outdated: the client has said that it has the answer, or no longer wants it. */
  | { readonly standing: 'outdated' }
  /** Too far above the answers that its client has taken: its own would have no room. */
  | { readonly standing: 'beyondWindow' }
  /** The session does not exist, or has expired. */
  | { readonly standing: 'expired' }

/**
 * A command with a number further than this above its floor is not applied. So no session ever has more answers here:
 * with F the highest floor that came, each applied number n > F came with a floor f <= F, and n <= f + this. The rule
 * depends on the command alone, and is part of the replicated state instead of a configuration: all replicas decide
 * alike, in whatever order the commands of a session arrive. Dropping the oldest answers instead would be equal
 * everywhere too, but the client of an applied command would never learn its result. This way it is told before
 * anything is lost.
 */
export const sessionWindow = 65_536

// Every replica asks for every command.
const isNew: Standing = { standing: 'new' }
const outdated: Standing = { standing: 'outdated' }
const beyondWindow: Standing = { standing: 'beyondWindow' }
const expired: Standing = { standing: 'expired' }

interface Row {
  floor: number
  last: number
  readonly answers: Map<number, unknown>
  /** Of the answers. */
  bytes: number
}

/** Memory of an answer beside its bytes, approximately. */
const overheadBytes = 64
const bytesOf = (answer: unknown): number => overheadBytes + (answer instanceof Uint8Array ? answer.length : 0)

/** A client table as plain data, for snapshots. Equal tables give equal data. */
export type ClientTableData = readonly (readonly [
  session: string,
  floor: number,
  last: number,
  answers: readonly (readonly [sequence: number, result: unknown])[],
])[]

/**
 * The replicated client table: for each session the results that its client may still request. It is part of the state:
 * only executed commands change it, in the order that conflicts give, and every snapshot contains it (B17).
 */
export class ClientTable {
  #rows = new Map<string, Row>()
  #bytes = 0
  /** Sessions whose rows have changed since they were taken. */
  #changed = new Set<string>()

  /** Bytes of all answers, approximately. */
  get bytes(): number {
    return this.#bytes
  }

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

  /** Bytes of the answers of a session, approximately; 0 when there is no such session. */
  bytesOf(session: string): number {
    return this.#rows.get(session)?.bytes ?? 0
  }

  open(session: string): void {
    if (this.#rows.has(session)) return
    this.#rows.set(session, { floor: 0, last: 0, answers: new Map(), bytes: 0 })
    this.#changed.add(session)
  }

  /** @returns false when the session was used since, or has expired */
  expire(session: string, last: number): boolean {
    const row = this.#rows.get(session)
    if (row?.last !== last) return false
    this.#bytes -= row.bytes
    this.#changed.add(session)
    return this.#rows.delete(session)
  }

  /** @param floor that the command carries */
  look(session: string, sequence: number, floor: number): Standing {
    const row = this.#rows.get(session)
    if (row === undefined) return expired
    if (sequence <= row.floor) return outdated
    if (row.answers.has(sequence)) return { standing: 'answered', result: row.answers.get(sequence) }
    return sequence > floor + sessionWindow ? beyondWindow : isNew
  }

  /** Called when a command of the session was applied. Answers up to its floor are dropped. */
  applied(session: string, sequence: number, floor: number, result: unknown): void {
    const row = this.#rows.get(session)
    if (row === undefined) return
    const before = row.bytes
    this.#changed.add(session)
    row.answers.set(sequence, result)
    row.bytes += bytesOf(result)
    row.last = Math.max(row.last, sequence)
    raise(row, floor)
    this.#bytes += row.bytes - before
  }

  toData(): ClientTableData {
    return [...this.#rows.keys()].sort((a, b) => (a < b ? -1 : 1)).map(session => this.#rowData(session)!)
  }

  /** The rows that have changed since the last call; undefined: the session is gone. */
  takeChanged(): readonly (readonly [session: string, row: ClientTableData[number] | undefined])[] {
    const changed = [...this.#changed].map(session => [session, this.#rowData(session)] as const)
    this.#changed.clear()
    return changed
  }

  #rowData(session: string): ClientTableData[number] | undefined {
    const row = this.#rows.get(session)
    return row && [session, row.floor, row.last, [...row.answers].sort(([a], [b]) => a - b)]
  }

  /** Replaces all rows. They count as changed. */
  restore(data: ClientTableData): void {
    for (const session of this.#rows.keys()) this.#changed.add(session)
    for (const [session] of data) this.#changed.add(session)
    this.#rows = new Map(
      data.map(([session, floor, last, answers]) => {
        const bytes = answers.reduce((sum, [, answer]) => sum + bytesOf(answer), 0)
        return [session, { floor, last, answers: new Map(answers), bytes }]
      }),
    )
    this.#bytes = [...this.#rows.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

/**
 * Raises the floor of a row. It costs O(1) for each number, amortised, however many answers lie above the floor: with
 * many in flight the floor rises with each.
 */
function raise(row: Row, floor: number): void {
  if (floor <= row.floor) return
  if (floor - row.floor > row.answers.size) {
    for (const each of row.answers.keys()) if (each <= floor) drop(row, each)
  } else for (let each = row.floor + 1; each <= floor; each++) drop(row, each)
  row.floor = floor
}

function drop(row: Row, sequence: number): void {
  const answer = row.answers.get(sequence)
  if (row.answers.delete(sequence)) row.bytes -= bytesOf(answer)
}
