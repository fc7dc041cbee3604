import { type Mutant, patch } from '../mutant.ts'

/** What a recovery concludes (rules 4.1 to 4.5). */
export const recovery: readonly Mutant[] = [
  {
    rows: ['B1'],
    breaks: 'one ballot variable: a promise makes an old vote younger',
    patches: [patch('machines/protocol/votes.ts', '({ ...record, bal })', '({ ...record, bal, abal: bal })')],
    scenario: 'B1:',
  },
  {
    rows: ['B2'],
    breaks: 'the recoverer proposes its own dependencies, not those of the reply',
    patches: [
      patch(
        'machines/instance/actions.ts',
        "const { cmd, dep } = stepOf(context, 'accept')\n    return { cmd, dep }",
        "const { cmd } = stepOf(context, 'accept')\n    return { cmd, dep: context.record.dep }",
      ),
    ],
    scenario: 'B2:',
  },
  {
    rows: ['B2'],
    breaks: 'the recoverer counts itself twice: the recovery quorum is one too small',
    patches: [
      patch('machines/protocol/recovery.ts', 'quorum.length < quorums.slow', 'quorum.length < quorums.slow - 1'),
    ],
    scenario: 'quorum of recoverOks:',
  },
  {
    rows: ['B7'],
    breaks: 'the next ballot is x + n',
    patches: [patch('machines/protocol/ballots.ts', '(Math.floor(above / n) + 1) * n + rank', 'above + n + 0 * rank')],
    scenario: 'B7:',
  },
  {
    rows: ['B8', 'V'],
    breaks: 'validate without its phase guard',
    patches: [
      patch(
        'machines/instance/states/vote/accepted.ts',
        'import { acceptOk, nack }',
        'import { acceptOk, nack, validateOk }',
      ),
      patch(
        'machines/instance/states/vote/accepted.ts',
        "validate: { guard: 'isOutbid', actions: { type: 'reply', params: nack } }",
        "validate: { guard: 'isPromised', actions: ['adoptCandidate', 'writeRecord', { type: 'reply', params: validateOk }] }",
      ),
    ],
    scenario: 'V (B8):',
  },
  {
    rows: ['B9'],
    breaks: 'a wait ends at k >= n-f-e',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        'member.waitingK > quorums.waitingThreshold',
        'member.waitingK >= quorums.waitingThreshold',
      ),
    ],
    scenario: 'B9: a wait with k = n-f-e',
  },
  {
    rows: ['B9'],
    breaks: 'the second half of rule 4.5.2 is missing',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        'if (committed || (tight && all.some(member => !candidate.quorum.includes(member.rank))))',
        'if (committed && (tight || all.length > 0))',
      ),
    ],
    scenario: 'B9: with |R| = |Q| - e',
  },
  {
    rows: ['B10'],
    breaks: 'rule 4.3.3 is missing',
    patches: [
      patch('machines/protocol/recovery.ts', "if (quorum.includes(id.rank)) return acceptNop('4.3.3', quorums.n)", ''),
    ],
    scenario: 'B10, n = 5:',
  },
  {
    rows: ['B19'],
    breaks: "recovery proposes its own command, empty where it has none, not the reply's",
    patches: [
      patch(
        'machines/instance/actions.ts',
        "const { cmd, dep } = stepOf(context, 'accept')\n    return { cmd, dep }",
        "const { dep } = stepOf(context, 'accept')\n    return { cmd: context.record.cmd ?? { footprint: { reads: [], writes: [] }, payloads: [] }, dep }",
      ),
    ],
    scenario: 'B19, accepted:',
  },
  {
    rows: ['4.3.2'],
    breaks: 'an accepted value is taken that is not the one of the highest ballot',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        'reply.abal === highest && reply.phase',
        'reply.abal <= highest && reply.phase',
      ),
    ],
    scenario: 'B1:',
  },
  {
    rows: ['4.3.2'],
    breaks: 'with the coordinator in the quorum it is Nop, whatever was accepted',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        "if (accepted !== undefined) return acceptOf('4.3.2'",
        "if (accepted !== undefined && !quorum.includes(id.rank)) return acceptOf('4.3.2'",
      ),
    ],
    scenario: '4.3.2 comes before 4.3.3',
  },
  {
    rows: ['4.3.4'],
    breaks: 'one vote more than |Q| - e is asked for',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        'agreeing.length >= quorum.length - quorums.e',
        'agreeing.length > quorum.length - quorums.e',
      ),
    ],
    scenario: '4.3.4: what was decided fast',
  },
  {
    rows: ['4.3.1'],
    breaks: 'a recovery overlooks that one of Q has committed',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        "answers.find(reply => reply.phase === 'committed')\n  if (committed !== undefined) return {",
        "answers.find(reply => reply.phase === 'committed' && reply.abal > 0)\n  if (committed !== undefined) return {",
      ),
    ],
    scenario: 'D7, kept:',
  },
  {
    rows: ['4.5.3'],
    breaks: 'a member that commits without X does not end the wait with Nop',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        "cmd === NOP || includes(dep, id.rank, id.index) ? 'settled' : 'invalidates'",
        "cmd === NOP || includes(dep, id.rank, 0) ? 'settled' : 'invalidates'",
      ),
    ],
    scenario: '4.5.3 invalidated:',
  },
  {
    rows: ['4.5.3'],
    breaks: 'a late reply of the coordinator means Nop, whatever it says',
    patches: [
      patch(
        'machines/protocol/recovery.ts',
        "const committed = late.find(reply => reply.phase === 'committed')\n",
        "const committed = late.find(reply => reply.phase === 'committed' && reply.abal > 0)\n",
      ),
    ],
    scenario: '4.5.3 late commit:',
  },
]
