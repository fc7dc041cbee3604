import { type Mutant, patch } from '../mutant.ts'

/** Votes, promises, and who may ask for them (rules 3.2 to 3.6, 4.2; section 7). */
export const votes: readonly Mutant[] = [
  {
    rows: ['B16'],
    breaks: 'a vote is cast, and told, below the promise (rule 3.4: mayAccept)',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'context.record.bal <= ballotOf(event)',
        'context.record.bal <= ballotOf(event) || context.record.bal > 0',
      ),
    ],
    scenario: 'B16, the other way round',
  },
  {
    rows: ['3.2'],
    breaks: 'isAtBallotZero is missing: preAccept is voted for above ballot 0',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'isAtBallotZero: ({ context }: Scope) => context.record.bal === initialBallot',
        'isAtBallotZero: ({ context }: Scope) => context.record.bal >= initialBallot',
      ),
    ],
    scenario: '3.2: who has promised a ballot pre-accepts nothing',
  },
  {
    rows: ['4.2'],
    breaks: 'a promise for an id never heard of is lost at restart',
    patches: [
      patch(
        'actors/state/rebuild.ts',
        'ledger.heardOf(rank, index)\n',
        "ledger.heardOf(rank, index)\n    if (record.phase === 'initial') continue\n",
      ),
    ],
    scenario: '3.2: who has promised a ballot pre-accepts nothing, after a restart too',
  },
  {
    rows: ['4.2'],
    breaks: 'mayPromise is missing: a promise is lowered',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'context.record.bal < ballotOf(event)',
        'context.record.bal !== ballotOf(event)',
      ),
    ],
    scenario: '4.2: a promise is never lowered',
  },
  {
    rows: ['3.4'],
    breaks: 'an accept does not raise the promise',
    patches: [patch('machines/protocol/votes.ts', "phase: 'accepted',\n  bal,\n", "phase: 'accepted',\n")],
    scenario: '3.4: a vote at ballot b is a promise of b',
  },
  {
    rows: ['7'],
    breaks: 'a recoverOk of an older ballot counts',
    patches: [
      patch(
        'machines/instance/guards.ts',
        "event.type !== 'recoverOk' || event.message.bal !== attemptOf(context).ballot",
        "event.type !== 'recoverOk' || event.message.bal > attemptOf(context).ballot",
      ),
    ],
    scenario: '7: an answer to an older ballot',
  },
  {
    rows: ['7'],
    breaks: 'a nack is not heeded: the next ballot is not above the one told of',
    patches: [
      patch('machines/instance/actions.ts', 'Math.max(nackedBy, message.bal)', 'Math.min(nackedBy, message.bal)'),
    ],
    scenario: '7: who was refused goes above',
  },
  {
    rows: ['7'],
    breaks: 'accept is taken from whoever sends it (owner check of admission)',
    patches: [
      patch(
        'machines/protocol/admission.ts',
        "case 'accept':\n      return from === ownerOf(message.bal, id.rank, n) ?",
        "case 'accept':\n      return ownerOf(message.bal, id.rank, n) < n ?",
      ),
    ],
    scenario: '7: at ballot 0 nobody but the initial coordinator',
  },
  {
    rows: ['7'],
    breaks: 'a message beyond the window is taken in',
    patches: [
      patch(
        'actors/instances/admission.ts',
        'if (from !== self && ledger.distance(id.rank, id.index) > limits.indexWindowMax) {',
        'if (from !== self && ledger.distance(id.rank, id.index) > 100 * limits.indexWindowMax) {',
      ),
    ],
    scenario: '7: a laggard rejects',
  },
  {
    rows: ['3.6'],
    breaks: 'a committed replica answers a preAccept with a vote',
    patches: [
      patch(
        'machines/instance/states/committed.ts',
        'import { commit, recoverOk }',
        'import { commit, preAcceptOk, recoverOk }',
      ),
      patch(
        'machines/instance/states/committed.ts',
        "preAccept: { actions: { type: 'reply', params: commit } }",
        "preAccept: { actions: { type: 'reply', params: preAcceptOk } }",
      ),
    ],
    scenario: '3.6: a repeated preAccept',
  },
  {
    rows: ['7'],
    breaks: 'a heartbeat tells of an own index before it is durable',
    patches: [
      patch(
        'actors/instances/durable-progress.ts',
        'this.#ports.ledger.known.with(this.#ports.self, this.#ownIndex)',
        'this.#ports.ledger.known.slice()',
      ),
    ],
    scenario: '7: a heartbeat tells of no own index',
  },
]
