import { type Mutant, patch } from '../mutant.ts'

/** Commands on which the state machine fails: executed alike everywhere, and no replica stops. */
export const failingCommands: readonly Mutant[] = [
  {
    rows: ['failing commands'],
    breaks: 'a command on which the state machine throws stops every replica that executes it',
    patches: [
      patch(
        'actors/shared/user-state-machine.ts',
        "this.#failed('apply', error)\n      return undefined",
        'throw error',
      ),
    ],
    scenario: 'failing command: executed everywhere',
  },
  {
    rows: ['failing commands'],
    breaks: 'a failed command is not noted in the client table',
    patches: [
      patch(
        'actors/execution/replicated-state.ts',
        'this.#clients.applied(session, sequence, floor, answer)',
        'if (answer !== applyFailed) this.#clients.applied(session, sequence, floor, answer)',
      ),
    ],
    scenario: 'failing command: a retry',
  },
]
