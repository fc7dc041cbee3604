import { type Mutant, patch } from '../mutant.ts'
import { fastCommitTold } from './durability.ts'

const inLedger = (replace: string) =>
  patch('actors/records/ledger.ts', 'this.#barrier === undefined ? found : union(id, found, this.#barrier)', replace)

/**
 * What may be forgotten under the faster rule ([section 6](../../../machines/protocol/README.md#section-6)), and what
 * keeps it from mattering.
 */
export const fasterRule: readonly Mutant[] = [
  {
    rows: ['B21', 'D1'],
    breaks: 'no restart barrier in D0: what was forgotten counts for own commands no more',
    patches: [
      inLedger('this.#barrier === undefined || this.#barrier[id.rank]! > 0 ? found : union(id, found, this.#barrier)'),
    ],
    scenario: 'D1 (B21), n = 3:',
  },
  {
    rows: ['B21', 'D1'],
    breaks: "no restart barrier in votes: what was forgotten counts for others' commands no more",
    patches: [
      inLedger('this.#barrier === undefined || this.#barrier[id.rank] === 0 ? found : union(id, found, this.#barrier)'),
    ],
    scenario: 'D1 (B21), n = 5:',
  },
  {
    rows: ['B21', 'D1b'],
    breaks: 'the restart barrier is lifted when all is decided at the replica that forgot it',
    patches: [
      inLedger(
        'this.#barrier === undefined || this.#barrier.every((top, rank) => top <= this.#committed[rank]!) ? found : union(id, found, this.#barrier)',
      ),
    ],
    scenario: 'D1b (B21):',
  },
  {
    rows: ['B21', 'D1c'],
    breaks: 'the restart barrier is lifted when all have executed what was forgotten',
    patches: [
      patch(
        'actors/instances/restart-barrier.ts',
        '  start(): void {\n',
        `  tick(): void {
    const { self, ledger, links } = this.#ports
    const executed = [ledger.committedPrefix, ...links.peers.map(peer => links.progress(peer).executed)]
    if (executed.every(each => (each?.[self] ?? 0) >= this.#top)) ledger.raiseBarrier(self, 0)
  }

  start(): void {
`,
      ),
    ],
    scenario: 'D1c (B21):',
  },
  {
    rows: ['B20', 'D13'],
    breaks:
      'faster rule: what is reserved is not kept back after a restart, an index that was told is given away again',
    patches: [patch('actors/instances/restart-barrier.ts', '    ledger.heardOf(self, top)\n', '')],
    scenario: 'D13 (B20): an index that was told and forgotten',
  },
  {
    rows: ['B20'],
    breaks: 'faster rule: a preAccept leaves before its index is reserved on disk',
    patches: [
      patch(
        'actors/instances/reservation.ts',
        '    this.#outbox.whenDurableUnhurried(() => {\n      this.#durable = top\n    })',
        '    this.#durable = top',
      ),
    ],
    scenario: 'an index that is not reserved yet',
  },
  {
    rows: ['D9'],
    breaks: 'faster rule: what the own vote decides is told before the flush that has both',
    patches: [fastCommitTold],
    scenario: 'a crash before that flush forgets the own vote (D9)',
  },
  {
    rows: ['6'],
    breaks: 'a restart barrier that was announced is not counted in D0: the fast path does not return',
    patches: [
      patch(
        'actors/replica/wiring/proposing.ts',
        'greatest(eviction.raised.floor, least([links.barriers, ledger.committedPrefix]))',
        'eviction.raised.floor',
      ),
    ],
    scenario: 'who has announced its barrier',
  },
  {
    rows: ['L6'],
    breaks: 'a restart barrier is announced before it is executed: every command waits for ids that nobody has decided',
    patches: [
      patch(
        'actors/instances/restart-barrier.ts',
        'return execution.prefix[self]! >= this.#top ? this.#top : 0',
        'return execution.prefix[self]! >= 0 ? this.#top : 0',
      ),
    ],
    scenario: 'L6 (input 32):',
  },
  {
    rows: ['4'],
    breaks: 'a replica with slow flushes recovers alone what it has forgotten',
    patches: [patch('machines/protocol/recovery-policy.ts', '!isSlow || asked >= askedMax', '!isSlow || asked >= 0')],
    scenario: 'what was forgotten is recovered by another',
  },
  {
    rows: ['L8'],
    breaks: 'a fast commit that waits for a slow flush is left to nobody: all wait for that disk',
    patches: [patch('actors/instances/handovers.ts', 'new Set(commits.volatileOf(self))', 'new Set<number>()')],
    scenario: 'L8: a fast commit that waits',
  },
  {
    rows: ['L8'],
    breaks: 'an accept that waits for a slow flush is left to nobody',
    patches: [patch('actors/instances/handovers.ts', "record?.phase === 'accepted'", "record?.phase === 'initial'")],
    scenario: 'L8: an accept that waits',
  },
  {
    rows: ['L8'],
    breaks: 'a replica with slow flushes is asked to lead in place of another one',
    patches: [
      patch(
        'actors/instances/handovers.ts',
        'if (rank === self || links.slow(rank)) return []',
        'if (rank === self) return []',
      ),
    ],
    scenario: 'L8: who says that its own flushes are slow',
  },
  {
    rows: ['6'],
    breaks: 'a fast commit that waits for its flush is not executed when others tell it: a full disk stops execution',
    patches: [
      patch(
        'actors/instances/commits.ts',
        'if (this.#volatile.delete(keyOf(id))) this.#ports.execution.committed(id, cmd, dep)',
        'void [cmd, dep, keyOf(id)]',
      ),
    ],
    scenario: 'a commit that others have found and told is executed',
  },
  {
    rows: ['6'],
    breaks: 'what was forgotten is recovered after the usual delay, and not as soon as a quorum is heard',
    patches: [patch('actors/instances/suspicion.ts', '      barrier.hasten()\n', '')],
    scenario: 'what was forgotten is decided as soon as',
  },
]
