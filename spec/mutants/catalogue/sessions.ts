import { type Mutant, patch } from '../mutant.ts'

/** The replicated client table: a command of a session is applied once, and its first answer is the answer. */
export const sessions: readonly Mutant[] = [
  {
    rows: ['B17'],
    breaks: 'the client table is not in the snapshot',
    patches: [
      patch(
        'actors/execution/replicated-state.ts',
        'this.#clients.restore(rows as ClientTableData)',
        'this.#clients.restore(rows.slice(0, 0) as ClientTableData)',
      ),
    ],
    scenario: 'B17:',
  },
  {
    rows: ['sessions'],
    breaks: 'a retry is applied again',
    patches: [
      patch(
        'actors/execution/replicated-state.ts',
        "case 'answered':\n        return outcomeOf(found.result as Answer)",
        "case 'answered':\n        return outcomeOf(this.#apply(command))",
      ),
    ],
    scenario: 'a retry through another replica',
  },
  {
    rows: ['sessions'],
    breaks: 'commands of one session do not conflict',
    patches: [
      patch(
        'actors/proposing/batch.ts',
        'if (source.key !== undefined && !together.every(({ isRead }) => isRead)) sessions.add(source.key)',
        'if (source.key === undefined) sessions.add("")',
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
        'each <= floor; each++) drop(row, each)',
        'each <= floor + 1; each++) drop(row, each)',
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
        'return sequence > floor + sessionWindow ? beyondWindow : isNew',
        'return sequence > floor + sessionWindow * row.last * 9 ? beyondWindow : isNew',
      ),
    ],
    scenario: 'a command too far above its floor',
  },
  {
    rows: ['sessions'],
    breaks: 'what is refused for its floor is refused for good',
    patches: [
      patch(
        'actors/execution/replicated-state.ts',
        "case 'beyondWindow':\n",
        "case 'beyondWindow':\n        this.#clients.applied(session, sequence, floor, null)\n",
      ),
    ],
    scenario: 'a command too far above its floor',
  },
  {
    rows: ['5.2'],
    breaks: 'a read has a number: it leaves an answer in the client table',
    patches: [
      patch(
        'actors/connections/session-commands.ts',
        'this.sequence = this.isRead ? readNumber : sequence',
        'this.sequence = sequence',
      ),
    ],
    scenario: '5.2: a read that is sent again',
  },
  {
    rows: ['5.2'],
    breaks: 'a read conflicts with all commands of its session',
    patches: [
      patch(
        'actors/proposing/batch.ts',
        'if (source.key !== undefined && !together.every(({ isRead }) => isRead)) sessions.add(source.key)',
        'if (source.key !== undefined) sessions.add(source.key)',
      ),
    ],
    scenario: '5.2: a read conflicts',
  },
  {
    rows: ['5.2'],
    breaks: 'a command that writes travels as a read: a retry is applied again',
    patches: [
      patch(
        'actors/connections/session-commands.ts',
        'this.isRead = footprint.writes.length === 0',
        'this.isRead = footprint.reads.length === 0',
      ),
    ],
    scenario: 'a retry through another replica',
  },
]
