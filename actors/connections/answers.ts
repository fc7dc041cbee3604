import type { ClientAnswer } from '../../machines/protocol/client-messages.ts'

/** Approximate bytes of an answer beside what it carries. */
const overheadBytes = 64

function bytesOf(answer: ClientAnswer): number {
  switch (answer.type) {
    case 'result':
      return overheadBytes + answer.payload.length
    case 'statusReport':
      return overheadBytes + answer.json.length
    case 'backupPart':
      return overheadBytes + answer.bytes.length
    case 'refused':
      return overheadBytes + answer.reason.length
    default:
      return overheadBytes
  }
}

/** Limits of one message of results. */
export interface ResultsLimits {
  readonly batchCommandsMax: number
  readonly payloadBytesMax: number
}

/**
 * The answers of one connection that wait for its socket. Results of commands of a session are joined: they leave in as few
 * messages as may be.
 */
export class Answers {
  readonly #limits: ResultsLimits
  /** Places before `#at` are free: their answers have left. */
  #answers: ClientAnswer[] = []
  #at = 0
  #requests: number[] = []
  #results: Uint8Array[] = []
  #resultsAt = 0
  #bytes = 0

  constructor(limits: ResultsLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#answers.length - this.#at + this.#results.length - this.#resultsAt
  }
  get bytes(): number {
    return this.#bytes
  }

  add(answer: ClientAnswer): void {
    this.#answers.push(answer)
    this.#bytes += bytesOf(answer)
  }

  addResult(request: number, result: Uint8Array): void {
    this.#requests.push(request)
    this.#results.push(result)
    this.#bytes += overheadBytes + result.length
  }

  /** Takes answers out, in order, until they have so many bytes. */
  take(bytesMax: number): readonly ClientAnswer[] {
    const taken: ClientAnswer[] = []
    const before = this.#bytes
    while (this.count > 0 && before - this.#bytes < bytesMax) {
      if (this.#at < this.#answers.length) {
        const answer = this.#answers[this.#at++]!
        this.#bytes -= bytesOf(answer)
        taken.push(answer)
      } else taken.push(this.#takeResults(bytesMax - (before - this.#bytes)))
    }
    this.#giveBack()
    return taken
  }

  clear(): void {
    this.#answers = []
    this.#requests = []
    this.#results = []
    this.#at = 0
    this.#resultsAt = 0
    this.#bytes = 0
  }

  /** One message of results: at least one, and more while they have fewer bytes than that, and fit in. */
  #takeResults(bytesMax: number): ClientAnswer {
    const { batchCommandsMax, payloadBytesMax } = this.#limits
    const from = this.#resultsAt
    let to = from
    let bytes = 0
    do bytes += this.#results[to++]!.length
    while (
      to < this.#results.length &&
      to - from < batchCommandsMax &&
      bytes < bytesMax &&
      bytes + this.#results[to]!.length <= payloadBytesMax
    )
    const some = this.#results.slice(from, to)
    this.#resultsAt = to
    this.#bytes -= bytes + some.length * overheadBytes
    const lengths = some.map(({ length }) => length)
    return { type: 'results', requests: this.#requests.slice(from, to), lengths, results: joined(some, bytes) }
  }

  /** Gives the places of what has left back. */
  #giveBack(): void {
    if (this.#at > 0) {
      this.#answers = this.#answers.slice(this.#at)
      this.#at = 0
    }
    if (this.#resultsAt > 0) {
      this.#requests = this.#requests.slice(this.#resultsAt)
      this.#results = this.#results.slice(this.#resultsAt)
      this.#resultsAt = 0
    }
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
