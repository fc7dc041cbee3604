import { type Mutant, patch } from '../mutant.ts'

/** The replicated client table: a command of a session is applied once, and its first answer is the answer. */
export const sessions: readonly Mutant[] = [
  {
    rows: ['B17'],
    breaks: 'the client table is not in the snapshot',
    patches: [patch('actors/replicated-state.ts', 'clients: this.#clients.toData() }', 'clients: [] }')],
    scenario: 'B17:',
  },
  {
    rows: ['sessions'],
    breaks: 'a retry is applied again',
    patches: [
      patch('actors/replicated-state.ts', "if (found.standing === 'answered') return { result: found.result }\n", ''),
    ],
    scenario: 'a retry through another replica',
  },
  {
    rows: ['sessions'],
    breaks: 'commands of one session do not conflict',
    patches: [
      patch(
        'machines/protocol/envelope.ts',
        "return own.writes === 'all' ? own : { reads: own.reads, writes: [...own.writes, sessionPrefix + envelope[1]] }",
        'return own',
      ),
    ],
    scenario: 'commands of one session conflict',
  },
  {
    rows: ['sessions'],
    breaks: 'a command is outdated as soon as a later one is applied',
    patches: [patch('machines/execution/client-table.ts', 'raise(row, floor)', 'raise(row, row.last)')],
    scenario: 'commands of one session that are in flight together',
  },
  {
    rows: ['sessions'],
    breaks: 'the floor lets an answer go too early',
    patches: [
      patch(
        'machines/execution/client-table.ts',
        'each <= floor; each++) row.answers.delete(each)',
        'each <= floor + 1; each++) row.answers.delete(each)',
      ),
    ],
    scenario: 'an answer stays until',
  },
  {
    rows: ['sessions'],
    breaks: 'a session holds any number of answers',
    patches: [
      patch(
        'machines/execution/client-table.ts',
        "return sequence > floor + sessionWindow ? { standing: 'beyondWindow' } : { standing: 'new' }",
        "return sequence > floor + sessionWindow * row.last * 9 ? { standing: 'beyondWindow' } : { standing: 'new' }",
      ),
    ],
    scenario: 'a command too far above its floor',
  },
  {
    rows: ['sessions'],
    breaks: 'what is refused for its floor is refused for good',
    patches: [
      patch(
        'actors/replicated-state.ts',
        "if (found.standing === 'beyondWindow')\n      return {",
        "if (found.standing === 'beyondWindow' && (this.#clients.applied(session, sequence, floor, null) ?? true))\n      return {",
      ),
    ],
    scenario: 'a command too far above its floor',
  },
]
