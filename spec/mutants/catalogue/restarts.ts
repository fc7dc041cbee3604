import { early, type Mutant, patch } from '../mutant.ts'

/** An attempt that runs at the record's ballot, whatever it is. */
const atBallotOfRecord = patch(
  'machines/instance/actions.ts',
  'beginAtBallotZero: update(() => ({ attempt: newAttempt(initialBallot) }))',
  'beginAtBallotZero: update(context => ({ attempt: newAttempt(Math.max(initialBallot, context.record.bal)) }))',
)

/** Not for own instances alone: whatever is found uncommitted at a restart. */
const resumeAll = patch(
  'actors/replica/resumption.ts',
  "if (entry.id.rank === self) stepper.send(entry, { type: 'resume' })",
  "stepper.send(entry, { type: 'resume' })",
)

/** What is read at a restart, before any statechart lives, is not entered in the conflict index. */
export const indexLost = patch(
  'actors/records/ledger.ts',
  'this.#index.enter(entry.id, learnt.footprint)',
  'if (entry.actor !== undefined) this.#index.enter(entry.id, learnt.footprint)',
)

/** Something is forgotten, used twice or taken up again after a restart. */
export const restarts: readonly Mutant[] = [
  {
    rows: ['B18', 'D12'],
    breaks: 'the conflict index is lost at restart',
    patches: [indexLost],
    scenario: 'D12 (B18):',
  },
  {
    rows: ['B18', 'N'],
    breaks: 'the conflict index is lost at restart, and with it a command that has become Nop',
    patches: [indexLost],
    scenario: 'N (B11, B18):',
  },
  {
    rows: ['B20'],
    breaks: 'an index is taken again after a restart',
    patches: [
      patch(
        'actors/proposing/proposer.ts',
        'const index = ledger.known[self]! + 1',
        'const index = ledger.committedPrefix[self]! + proposals.inFlight + 1',
      ),
    ],
    scenario: 'D13 (B20):',
  },
  {
    rows: ['B30', 'D15'],
    breaks:
      'three rules: recover leaves and the own recoverOk counts before the ballot is durable, and accept before the own accept is: a ballot is used twice',
    patches: [early({ others: ['recover', 'accept'], self: ['recoverOk'] })],
    scenario: 'D15: B tells no ballot',
  },
  {
    rows: ['B30', 'D16'],
    breaks: 'an accept above ballot 0 is resumed after a restart',
    patches: [
      resumeAll,
      patch(
        'machines/instance/guards.ts',
        "id.rank === self && record.bal === initialBallot && record.phase === 'accepted'",
        "(id.rank === self || record.bal > initialBallot) && record.phase === 'accepted'",
      ),
      atBallotOfRecord,
    ],
    scenario: 'D16: an attempt above ballot 0',
  },
  {
    rows: ['B30', 'D16b'],
    breaks:
      'two rules: a recovery is resumed at its old ballot after a restart, and accept(b) leaves before the own accept is durable',
    patches: [
      early({ others: ['accept'] }),
      resumeAll,
      atBallotOfRecord,
      patch(
        'machines/instance/states/drive/following.ts',
        'preAccept, preAcceptOk }',
        'preAccept, preAcceptOk, recover }',
      ),
      patch(
        'machines/instance/states/drive/following.ts',
        "guard: 'canResumeAccept',",
        "guard: 'isPromisedAboveZero', target: 'recovering', actions: ['beginAtBallotZero', 'recoverBySelf', { type: 'broadcast', params: recover }] }, {\n        guard: 'canResumeAccept',",
      ),
    ],
    scenario: 'D16b: an attempt above ballot 0',
  },
  {
    rows: ['D3'],
    breaks:
      'four rules: an acceptOk(b) counts though abal < b, accept(b) leaves before the own accept is durable, and an attempt above ballot 0 is resumed at its ballot',
    patches: [
      early({ others: ['accept'] }),
      patch('machines/instance/guards.ts', 'bal === ballot && abal === ballot &&', 'bal === ballot && abal >= 0 &&'),
      patch(
        'machines/instance/guards.ts',
        "id.rank === self && record.bal === initialBallot && record.phase === 'accepted'",
        "id.rank === self && record.phase === 'accepted'",
      ),
      atBallotOfRecord,
    ],
    scenario: 'D3 (B1):',
  },
]
