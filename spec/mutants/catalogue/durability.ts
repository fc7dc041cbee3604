import { early, type Mutant, patch } from '../mutant.ts'

/** Fast commits are told to the others whatever is durable. */
export const fastCommitTold = patch(
  'actors/instances/commits.ts',
  'outbox.whenDurable(() => {\n        this.#tellPeers(id, cmd, dep, path)\n',
  'this.#tellPeers(id, cmd, dep, path)\n      outbox.whenDurable(() => {\n',
)

/**
 * Something leaves, or counts, before what it reveals is on disk
 * ([section 6](../../../machines/protocol/README.md#section-6)).
 */
export const durability: readonly Mutant[] = [
  {
    rows: ['B3', 'D10'],
    breaks: 'a preAcceptOk leaves before the vote is durable',
    patches: [early({ others: ['preAcceptOk'] })],
    scenario: 'D10 (B3):',
  },
  {
    rows: ['B3'],
    breaks: 'every message leaves before what it reveals is durable',
    patches: [
      patch(
        'actors/records/outbox.ts',
        'this.#waiting.push({ ...each, needs: this.#written })',
        'this.#waiting.push({ ...each, needs: 0 })',
      ),
    ],
    scenario: 'D10 (B3):',
  },
  {
    rows: ['B3', 'D10'],
    breaks: 'a flush that takes a part of the records counts for all of them',
    patches: [
      patch(
        'actors/records/outbox.ts',
        'const recordsUpTo = taken.next === undefined ? this.#written : taken.next - 1',
        'const recordsUpTo = this.#written',
      ),
    ],
    scenario: 'D10 (B3), a flush takes a part:',
  },
  {
    rows: ['B29'],
    breaks: 'progress is told as durable with the next flush, which takes a part of what it stands for',
    patches: [
      patch(
        'actors/replica/flushes.ts',
        'if (this.#notedAt !== undefined && outbox.durable >= this.#notedAt) this.#durable()',
        'this.#durable()',
      ),
    ],
    seedsOnly: 'what others let go of, by the progress that was told, is many messages',
  },
  {
    rows: ['B20', 'D13'],
    breaks: 'preAccept leaves before the index is durable',
    patches: [early({ others: ['preAccept'] })],
    scenario: 'D13 (B20):',
  },
  {
    rows: ['B22', 'D2'],
    breaks: 'accept(0) leaves before the own accept is durable',
    patches: [early({ others: ['accept'] })],
    scenario: 'D2, n = 3: after a restart',
  },
  {
    rows: ['D2'],
    breaks: 'accept(0) leaves before the own accept is durable; n = 5',
    patches: [early({ others: ['accept'] })],
    scenario: 'D2, n = 5:',
  },
  {
    rows: ['D2b'],
    breaks:
      'accept(0) leaves before the own accept is durable; after a restart nothing is sent again, late replies are counted',
    patches: [early({ others: ['accept'] })],
    scenario: 'D2b:',
  },
  {
    rows: ['B23', 'D11'],
    breaks: 'a repeated preAccept is answered before the flush of the first answer',
    patches: [
      patch(
        'machines/instance/states/vote/preAccepted.ts',
        "{ guard: 'isAtBallotZero', actions: { type: 'reply', params: preAcceptOk } }",
        "{ guard: 'isAtBallotZero', actions: { type: 'reply', params: (scope: Parameters<typeof preAcceptOk>[0]) => ({ ...preAcceptOk(scope), isRepeat: true }) } }",
      ),
      patch(
        'machines/protocol/addressing.ts',
        "message, when: 'durable', isHurried: !unhurried }",
        "message, when: 'isRepeat' in message ? 'now' : 'durable', isHurried: !unhurried }",
      ),
    ],
    scenario: 'D11 (B23):',
  },
  {
    rows: ['B24', 'D7'],
    breaks: 'a fast commit is told before it is durable',
    patches: [fastCommitTold],
    scenario: 'D7:',
  },
  {
    rows: ['B24', 'D8'],
    breaks: 'a fast commit is told before it is durable; after a restart the slow path decides otherwise',
    patches: [fastCommitTold],
    scenario: 'D8:',
  },
  {
    rows: ['B24', 'D17'],
    breaks: 'a volatile fast commit is revealed in an answer',
    patches: [
      patch(
        'machines/protocol/addressing.ts',
        "message, when: 'durable', isHurried: !unhurried }",
        "message, when: message.type === 'commit' ? 'now' : 'durable', isHurried: !unhurried }",
      ),
    ],
    scenario: 'D17: A reveals its volatile fast commit in no answer to accept(b)',
  },
  {
    rows: ['B24', 'D17'],
    breaks: 'a volatile fast commit is revealed in a recoverOk',
    patches: [early({ others: ['recoverOk'] })],
    scenario: 'D17: A reveals its volatile fast commit in no answer to recover(b)',
  },
  {
    rows: ['D4'],
    breaks: 'validate, validateOk, also the own one, and accept leave or count before they are durable',
    patches: [early({ others: ['validate', 'validateOk', 'accept'], self: ['validateOk'] })],
    scenario: 'D4:',
  },
  {
    rows: ['D6'],
    breaks: 'two rules: accept leaves before the own accept is durable, and the own accept counts before it is',
    patches: [early({ others: ['accept'], self: ['acceptOk'] })],
    scenario: 'D6:',
  },
  {
    rows: ['D9'],
    breaks: 'three rules: preAccept leaves, the own vote counts, and the fast commit is told before they are durable',
    patches: [early({ others: ['preAccept', 'commit'], self: ['preAcceptOk'] })],
    scenario: 'D9:',
  },
  {
    rows: ['D14'],
    breaks: 'a recoverOk leaves before the promise is durable',
    patches: [early({ others: ['recoverOk'] })],
    scenario: 'D14:',
  },
]
