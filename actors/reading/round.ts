import { intersect, type Keys } from '../../machines/protocol/commands.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import { ReadAnswers, type ReadRoundNumber, readStanding, readsOneKey } from '../../machines/protocol/reads.ts'
import type { Execution } from '../execution/execution.ts'
import type { ExecutionShare } from '../execution/execution-share.ts'
import type { Outcome } from '../execution/outcome.ts'
import type { EarlyRead } from '../execution/state-watch.ts'
import type { Ledger } from '../records/ledger.ts'

/** One command that only reads, on its way to an answer. Exactly one of the last three methods is called, once. */
export interface Read {
  readonly keys: Keys
  /** Reads the state as it is now. */
  run(): Outcome
  answered(outcome: Outcome): void
  /** It goes on as an ordinary command. */
  asCommand(): void
  /** Called when the replica ends first. */
  dropped(reason: string): void
}

/** A read that waits: for its round, or for the ids that its round has found. */
export class WaitingRead implements EarlyRead {
  readonly read: Read
  readonly isOfOneKey: boolean
  isOvertaken = false
  /** Number of rounds that it was in. */
  rounds = 0
  /** The answer, where the state is read before the others have answered. */
  early: Outcome | undefined
  /** Number of ids that it waits for. */
  blockers = 0

  constructor(read: Read) {
    this.read = read
    this.isOfOneKey = readsOneKey(read.keys)
  }

  get keys(): Keys {
    return this.read.keys
  }
}

/** An id within V that is not settled. */
interface Awaited {
  readonly rank: number
  readonly index: number
  /** The reads that wait for it; undefined: all do, as its payload is unknown. */
  readers: readonly WaitingRead[] | undefined
}

export interface RoundPorts {
  readonly ledger: Ledger
  readonly execution: Execution
}

/**
 * One round of reads ([section 5a](../../machines/protocol/README.md#section-5a)): the answers that count for its reads,
 * and the ids within them that are not settled. Each id is looked at for all reads at once.
 */
export class Round {
  readonly number: ReadRoundNumber
  readonly keys: Keys
  readonly answers: ReadAnswers
  /** The time when it was asked last, and the number of times that it was asked again. */
  askedMs = 0
  resent = 0
  /** Replacements of the state that are taken into account. */
  replaced: number
  readonly #ports: RoundPorts
  readonly #byKey = new Map<string, WaitingRead[]>()
  #reads: readonly WaitingRead[]
  #awaited: Awaited[] = []
  /** Number of ids whose payload is not known. */
  #unknown = 0

  constructor(
    ports: RoundPorts,
    number: ReadRoundNumber,
    keys: Keys,
    reads: readonly WaitingRead[],
    quorums: Quorums,
    replaced: number,
  ) {
    this.#ports = ports
    this.number = number
    this.keys = keys
    this.#reads = reads
    this.answers = new ReadAnswers(quorums)
    this.replaced = replaced
    for (const read of reads) {
      if (read.keys === 'all') continue
      for (const key of read.keys) {
        const some = this.#byKey.get(key)
        if (some === undefined) this.#byKey.set(key, [read])
        else some.push(read)
      }
    }
  }

  /** The reads that are not answered. */
  get reads(): readonly WaitingRead[] {
    return this.#reads
  }

  /** The first id that one of its reads waits for, and whether its payload is known here. */
  get oldestAwaited(): { readonly rank: number; readonly index: number; readonly isKnown: boolean } | undefined {
    const [awaited] = this.#awaited
    return awaited && { rank: awaited.rank, index: awaited.index, isKnown: awaited.readers !== undefined }
  }

  /** Finds the ids within V that are not settled: every one, not only the highest of a row (rule 5a.3). */
  begin(): void {
    const { execution } = this.#ports
    this.#awaited = []
    this.#unknown = 0
    for (const read of this.#reads) read.blockers = 0
    const { prefix } = execution
    this.answers.seen.forEach((upTo, rank) => {
      for (let index = prefix[rank]! + 1; index <= upTo; index++) {
        const awaited: Awaited = { rank, index, readers: undefined }
        this.#unknown++
        if (this.#isAwaited(awaited)) this.#awaited.push(awaited)
      }
    })
  }

  /**
   * Answers the reads for which all within V is settled now, until the share is used up: at least one, so that no round waits
   * for all of an earlier one. The state only goes on meanwhile, which a read may see.
   * @param answer answers one, and returns the bytes of its answer
   * @returns whether some are left that could have been answered
   */
  answerSettled(share: ExecutionShare, answer: (read: WaitingRead) => number): boolean {
    if (this.#awaited.length > 0) this.#awaited = this.#awaited.filter(awaited => this.#isAwaited(awaited))
    if (this.#unknown > 0) return false
    const left: WaitingRead[] = []
    let hasAnswered = false
    let hasMore = false
    for (const read of this.#reads) {
      const isSettled = read.blockers === 0
      if (isSettled && !(hasAnswered && share.isUsedUp)) {
        hasAnswered = true
        share.took(1, answer(read))
      } else {
        left.push(read)
        hasMore ||= isSettled
      }
    }
    this.#reads = left
    return hasMore
  }

  /** Looks at an id again. @returns whether any read waits for it still */
  #isAwaited(awaited: Awaited): boolean {
    const { ledger, execution } = this.#ports
    const { epoch } = ledger.membership
    const { rank, index, readers } = awaited
    const standing = readStanding(execution.has({ epoch, rank, index }), ledger.get(rank, index)?.record)
    if (standing === 'unknown') return true
    if (standing === 'settled') {
      if (readers === undefined) this.#unknown--
      else for (const read of readers) read.blockers--
      return false
    }
    if (readers !== undefined) return true
    this.#unknown--
    awaited.readers = this.#readersOf(standing.writes)
    for (const read of awaited.readers) read.blockers++
    return awaited.readers.length > 0
  }

  #readersOf(writes: Keys): readonly WaitingRead[] {
    const { keys } = this
    if (keys === 'all' || writes === 'all') return this.#reads.filter(read => intersect(read.keys, writes))
    const readers = new Set<WaitingRead>()
    for (const key of writes) for (const read of this.#byKey.get(key) ?? []) readers.add(read)
    return [...readers]
  }
}
