import { type Mutant, patch } from '../mutant.ts'
import { indexLost } from './restarts.ts'

const round = 'actors/reading/round.ts'
const quorumReads = 'actors/reading/quorum-reads.ts'
const rules = 'machines/protocol/reads.ts'
const ledger = 'actors/records/ledger.ts'

/** Reads by quorum (section 5a): each dropped rule of theirs. */
export const reads: readonly Mutant[] = [
  {
    rows: ['QR1'],
    breaks: 'one answer too few is enough for a read',
    patches: [patch(rules, 'this.#needed = slow', 'this.#needed = slow - 1')],
    scenario: 'QR1: a write that was answered',
  },
  {
    rows: ['QR1'],
    breaks: 'a read waits for nothing',
    patches: [
      patch(round, 'if (this.#unknown > 0) return false\n', ''),
      patch(round, 'const isSettled = read.blockers === 0', 'const isSettled = true'),
    ],
    scenario: 'QR1: a write that was answered',
  },
  {
    rows: ['QR1'],
    breaks: 'a read does not wait for an unknown payload',
    patches: [patch(rules, "if (record === undefined) return 'unknown'", "if (record === undefined) return 'settled'")],
    scenario: 'QR1: a write that was answered',
  },
  {
    rows: ['QR1'],
    breaks: 'a read does not wait for a write whose payload is known',
    patches: [patch(round, 'for (const read of awaited.readers) read.blockers++', '')],
    scenario: 'QR1: a write under way',
  },
  {
    rows: ['QR1'],
    breaks: 'answers to reads name committed ids alone',
    patches: [
      patch(
        ledger,
        'return greatest(this.#index.conflicting(noInstance, { reads: keys, writes: [] }), this.#evicted)',
        'return this.#index.conflicting(noInstance, { reads: keys, writes: [] }).map((index, rank) => Math.min(index, this.#committed[rank]!))',
      ),
    ],
    scenario: 'QR1: a write that was answered',
  },
  {
    rows: ['QR1'],
    breaks: 'answers to reads name executed ids alone',
    patches: [
      patch(
        ledger,
        'return greatest(this.#index.conflicting(noInstance, { reads: keys, writes: [] }), this.#evicted)',
        'return this.#index.conflictingExecuted(noInstance, { reads: keys, writes: [] })',
      ),
    ],
    scenario: 'QR1: a write that was answered',
  },
  {
    rows: ['QR2'],
    breaks: 'several keys are read at one moment after the answers',
    patches: [patch(rules, "keys !== 'all' && keys.length <= 1", "keys === 'all' || keys.length >= 0")],
    scenario: 'QR2:',
  },
  {
    rows: ['QR3'],
    breaks: 'a fast commit that may not be told is in the state that reads see',
    patches: [
      patch(
        'actors/instances/commits.ts',
        'outbox.whenDurable(() => {\n        this.#tellPeers(id, cmd, dep, path)\n        if (this.#volatile.delete(key)) execution.committed(id, cmd, dep)\n      })',
        'execution.committed(id, cmd, dep)\n      outbox.whenDurable(() => this.#tellPeers(id, cmd, dep, path))',
      ),
    ],
    scenario: 'QR3:',
  },
  {
    rows: ['QR4'],
    breaks: 'numbers of rounds are used again after a restart',
    patches: [
      patch(quorumReads, 'life: ownStore.life.life, count', 'life: 0, count'),
      patch(quorumReads, 'number.life === ownStore.life.life', 'number.life === 0'),
    ],
    scenario: 'QR4:',
  },
  {
    rows: ['QR5'],
    breaks: 'a round is answered without the index of before the restart',
    patches: [indexLost],
    scenario: 'QR5:',
  },
  {
    rows: ['QR6'],
    breaks: 'own ids that have not left stay out, and nothing holds the order of one client',
    patches: [
      patch(quorumReads, 'add(self, ledger.writing(keys))', 'add(self, ledger.known.map(() => 0))'),
      patch('actors/connections/session-requests.ts', 'if (connection.writing.meets(keys) || !reads', 'if (!reads'),
    ],
    scenario: 'QR6: a read behind a write',
  },
  {
    rows: ['QR6'],
    breaks: 'a write does not wait for a read before it',
    patches: [
      patch(
        'actors/connections/session-requests.ts',
        'connection.isHeld = connection.reading.meets(footprint.writes)',
        'connection.isHeld = false',
      ),
    ],
    scenario: 'QR6, the other way round:',
  },
  {
    rows: ['QR7'],
    breaks: 'only the highest id of a row is awaited',
    patches: [
      patch(round, 'let index = prefix[rank]! + 1; index', 'let index = Math.max(prefix[rank]! + 1, upTo); index'),
    ],
    scenario: 'QR7:',
  },
  {
    rows: ['QR8'],
    breaks: 'a read of several keys is answered though a write has overtaken it',
    patches: [patch(quorumReads, 'if (isOfOneKey || !isOvertaken)', 'if (isOfOneKey || early !== undefined)')],
    scenario: 'QR8:',
  },
]
