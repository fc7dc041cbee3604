import { type Mutant, patch } from '../mutant.ts'

const restartLoad = 'actors/state/restart-load.ts'

/** What a replica says and does while its state is read after a restart (rule 8.14). */
export const votesBeforeState: readonly Mutant[] = [
  {
    rows: ['T11', 'T2'],
    breaks: 'what the checkpoint has executed is taken over with the tables, after the first votes',
    patches: [
      patch(
        restartLoad,
        'ledger.installExecuted(this.#head)\n      ledger.truncate(this.#head.floor)\n      done()',
        'done()',
      ),
      patch(
        restartLoad,
        'state.loaded()\n',
        'state.loaded()\n        this.#ports.ledger.installExecuted(this.#head)\n        this.#ports.ledger.truncate(this.#head.floor)\n',
      ),
    ],
    scenario: 'T11: what its checkpoint has executed',
  },
  {
    rows: ['T11', 'B18'],
    breaks: 'the index of the checkpoint is read with the tables, after the first votes',
    patches: [
      patch(
        restartLoad,
        'this.#load.index(this.#index, ledger.index, () => {',
        'const first = (run: () => void) => run()\n    first(() => {',
      ),
      patch(
        restartLoad,
        'this.#load.state(state.tables, () =>\n',
        'this.#load.index(this.#index, this.#ports.ledger.index, () => undefined)\n    this.#load.state(state.tables, () =>\n',
      ),
    ],
    scenario: 'T11: it votes with the index',
  },
  {
    rows: ['T12', 'S1'],
    breaks: 'while its state loads a replica claims what its checkpoint has executed, not what it told',
    patches: [
      patch(
        'actors/instances/durable-progress.ts',
        'this.#executed = greatest(this.#executed, executed)\n',
        'void executed\n',
      ),
    ],
    scenario: 'T12:',
  },
  {
    rows: ['T13', 'B29'],
    breaks: 'while its state loads a replica tells as executed what is committed, whatever that depends on',
    patches: [
      patch(
        'actors/state/rebuild.ts',
        'progress.willExecute(yield* executable(ledger, execution.place()))',
        'progress.willExecute((yield* executable(ledger, execution.place())) && ledger.committedPrefix)',
      ),
    ],
    scenario: 'T13:',
  },
  {
    rows: ['T14'],
    breaks: 'the journal is executed before the state stands',
    patches: [patch(restartLoad, 'execution.hold()\n', '')],
    scenario: 'T14: its journal',
  },
  {
    rows: ['T14'],
    breaks: 'a checkpoint begins before the state stands',
    patches: [
      patch(
        'actors/state/checkpoints.ts',
        'this.#number = stored.number\n    this.#isInstalling = true',
        'this.#number = stored.number',
      ),
    ],
    scenario: 'T14: no checkpoint begins',
  },
  {
    rows: ['8.14'],
    breaks: 'clients are served before the state stands',
    patches: [
      patch(
        'actors/proposing/reception.ts',
        "if (state !== 'voting') return this.#notYet",
        "if (state !== 'voting' && state !== 'loading') return this.#notYet",
      ),
    ],
    scenario: 'rule 8.14: no client is served',
  },
]
