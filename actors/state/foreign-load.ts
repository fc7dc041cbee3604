import { ConflictIndex } from '../../machines/protocol/conflict-index.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { wordsOf } from '../shared/thrown.ts'
import { StateTables } from '../tables/state-tables.ts'
import type { CheckpointHead } from './checkpoint-head.ts'
import type { CheckpointLoad } from './checkpoint-load.ts'
import type { CheckpointsPorts, Installation } from './checkpoints-ports.ts'
import { inSlices } from './in-slices.ts'
import { SnapshotError } from './snapshot-error.ts'

export interface ForeignLoadPorts
  extends Pick<CheckpointsPorts, 'codec' | 'ledger' | 'state' | 'timers' | 'works' | 'turn'> {
  /** Begins to read it. @param useless called when what was read is malformed */
  loading(useless: (cause: Error) => void): CheckpointLoad
  /** Drops segments in the own store. */
  drop(keys: readonly number[]): void
  /** From here on the tables are replaced: no own checkpoint has what they become. */
  replacing(): void
  /** The tables stand as its segments in the own store have them. */
  stands(load: CheckpointLoad): void
  /** It is installed, or dropped: another checkpoint may begin once `told` has run. */
  over(told: () => void): void
}

/**
 * Another replica's checkpoint, whose segments are in the own store, on its way into the place of the own state
 * ([rule 8.12](../../machines/protocol/README.md#rule-8-12)), in slices. `Checkpoints` begins it. One that cannot be loaded
 * is dropped.
 */
export class ForeignLoad {
  readonly #ports: ForeignLoadPorts
  readonly #head: CheckpointHead
  readonly #keys: readonly number[]
  readonly #installation: Installation
  readonly #load: CheckpointLoad
  #isTouched = false

  /** @param keys of its segments: those of the state, then those of the index */
  constructor(ports: ForeignLoadPorts, head: CheckpointHead, keys: readonly number[], installation: Installation) {
    this.#ports = ports
    this.#head = head
    this.#keys = keys
    this.#installation = installation
    this.#load = ports.loading(cause => this.#useless(cause))
  }

  /** Takes what it stands on first, then its index, and then its state in place of the own one. */
  begin(): void {
    const { codec, ledger, state, replacing } = this.#ports
    const index = new ConflictIndex(ledger.membership.quorums.n)
    const replace = (): void => {
      this.#isTouched = true
      replacing()
      this.#load.state(state.tables, () => this.#loaded(index))
    }
    this.#inTurns(this.#installation.before(), () => this.#load.index(new StateTables(codec), index, replace))
  }

  #loaded(index: ConflictIndex): void {
    const { ledger, state, drop, stands, over } = this.#ports
    try {
      state.loaded()
    } catch (error) {
      if (error instanceof InvariantError) throw error
      this.#useless(error)
      return
    }
    stands(this.#load)
    drop(this.#keys.slice(this.#head.state.length))
    this.#inTurns(this.#installation.replace(index), () =>
      this.#inTurns(ledger.index.mergingBeside(), () => over(() => this.#installation.done())),
    )
  }

  #useless(cause: unknown): void {
    this.#ports.over(() => {
      this.#ports.drop(this.#keys)
      const error = new SnapshotError('snapshotMalformed', `it cannot be loaded: ${wordsOf(cause)}`, { cause })
      this.#installation.useless(error, this.#isTouched)
    })
  }

  #inTurns(run: Iterator<void>, then: () => void): void {
    this.#ports.turn(() => inSlices(this.#ports, 'load', run, then))
  }
}
