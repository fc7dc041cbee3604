import { type Mutant, patch } from '../mutant.ts'

/** How many answers are enough, and of whom (section 1; rules 3.3, 3.5, 4.5). */
export const quorums: readonly Mutant[] = [
  {
    rows: ['B6'],
    breaks: 'messages are counted, not senders: acceptOk',
    patches: [
      patch(
        'machines/instance/actions.ts',
        'attemptOf(context).acceptOks | (1 << from)',
        '(attemptOf(context).acceptOks << 1) | (from >= 0 ? 1 : 0)',
      ),
    ],
    scenario: 'quorum of acceptOks:',
  },
  {
    rows: ['B6'],
    breaks: 'messages are counted, not senders: preAcceptOk and validateOk',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'next[from] ??= reply',
        'next[next[from] === undefined ? from : next.length] = reply',
      ),
    ],
    scenario: 'quorum of preAcceptOks:',
  },
  {
    rows: ['fast quorum'],
    breaks: 'the fast quorum is one too small',
    patches: [patch('machines/protocol/fast-path.ts', 'equal >= quorums.fast)', 'equal >= quorums.fast - 1)')],
    scenario: 'quorum of preAcceptOks:',
  },
  {
    rows: ['slow quorum'],
    breaks: 'the slow quorum is one too small: acceptOk',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'bitCount(acceptOks) >= context.quorums.slow',
        'bitCount(acceptOks) >= context.quorums.slow - 1',
      ),
    ],
    scenario: 'quorum of acceptOks:',
  },
  {
    rows: ['slow quorum'],
    breaks: 'the slow path begins with one reply too few',
    patches: [patch('machines/protocol/fast-path.ts', 'answered < quorums.slow', 'answered < quorums.slow - 1')],
    scenario: 'quorum of preAcceptOks:',
  },
  {
    rows: ['validate quorum'],
    breaks: 'validation does not wait for all of Q',
    patches: [
      patch(
        'machines/instance/guards.ts',
        'if (answers.some(answer => answer === undefined)) return undefined',
        'if (answers.every(answer => answer === undefined)) return undefined',
      ),
      patch('machines/instance/guards.ts', 'answers.map(answer => answer!)', 'answers.map(answer => answer ?? [])'),
    ],
    scenario: 'quorum of validateOks:',
  },
  {
    rows: ['3.3'],
    breaks: 'a reply that deviates counts for the fast path',
    patches: [
      patch(
        'machines/protocol/fast-path.ts',
        'if (sameDependencies(deps, initDep)) equal++',
        'if (deps.length === initDep.length) equal++',
      ),
    ],
    scenario: 'D12 (B18):',
  },
]
