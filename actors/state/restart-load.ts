import type { StateTables } from '../tables/state-tables.ts'
import type { CheckpointHead } from './checkpoint-head.ts'
import type { CheckpointLoad } from './checkpoint-load.ts'
import type { CheckpointsPorts } from './checkpoints-ports.ts'

/**
 * The own checkpoint at a restart, read in two steps ([rule 8.14](../../machines/protocol/README.md#rule-8-14)): what
 * votes need, and then the tables of the state beside them. The life cycle takes both.
 */
export class RestartLoad {
  readonly #ports: Pick<CheckpointsPorts, 'ledger' | 'execution' | 'state' | 'turn'>
  readonly #head: CheckpointHead
  readonly #load: CheckpointLoad
  readonly #index: StateTables
  readonly #stands: () => void

  /** @param stands called when the state stands as the checkpoint has it */
  constructor(
    ports: Pick<CheckpointsPorts, 'ledger' | 'execution' | 'state' | 'turn'>,
    head: CheckpointHead,
    load: CheckpointLoad,
    index: StateTables,
    stands: () => void,
  ) {
    this.#ports = ports
    this.#head = head
    this.#load = load
    this.#index = index
    this.#stands = stands
  }

  /** Bytes of the state that were read, and of all. */
  get progress(): { readonly loaded: number; readonly size: number } {
    return this.#load.progress
  }

  /** Reads what votes need: the index, what was executed, and up to where records went. Execution is held from then on. */
  index(done: () => void): void {
    const { ledger, execution, state } = this.#ports
    state.replacing()
    this.#load.index(this.#index, ledger.index, () => {
      execution.adopt(this.#head)
      execution.hold()
      ledger.installExecuted(this.#head)
      ledger.truncate(this.#head.floor)
      done()
    })
  }

  /** Loads the tables, in slices. Called when the replica votes; execution goes on where they stand. */
  tables(): void {
    const { state, execution, turn } = this.#ports
    this.#load.state(state.tables, () =>
      turn(() => {
        state.loaded()
        execution.release()
        this.#stands()
      }),
    )
  }
}
