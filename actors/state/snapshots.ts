import { ExecutedSet } from '../../machines/execution/executed-set.ts'
import { ConflictIndex, type ConflictIndicesData } from '../../machines/protocol/conflict-index.ts'
import { type Dependencies, noDependencies } from '../../machines/protocol/dependencies.ts'
import type { RaisedFloor } from '../../machines/protocol/truncation.ts'
import type { Codec } from '../../net/codec.ts'
import type { Execution, ExecutionImage } from '../execution/execution.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Eviction } from './eviction.ts'
import { SnapshotError } from './snapshot-error.ts'

/** Version of a snapshot's bytes, raised with their meaning. */
const snapshotVersion = 2

/**
 * A snapshot ([section 8](../../machines/protocol/README.md#section-8)): the state, its executed set, both conflict
 * indices, and the floor of its records. It carries no votes. Its promise about D0 concerns its owner alone.
 */
export interface SnapshotData extends ExecutionImage {
  readonly version: typeof snapshotVersion
  readonly indices: ConflictIndicesData
  readonly floor: Dependencies
  readonly raised: RaisedFloor
}

/** The first snapshot of a new cluster: a state in which none of its instances is executed yet. */
export function snapshotToBeginWith(state: Uint8Array, commands: number, n: number): SnapshotData {
  const none = noDependencies(n)
  return {
    version: snapshotVersion,
    state,
    ...new ExecutedSet(n).toData(),
    commands,
    agreed: none,
    indices: new ConflictIndex(n).toData(),
    floor: none,
    raised: { floor: none, from: 1 },
  }
}

interface SnapshotsPorts {
  readonly codec: Codec
  readonly ledger: Ledger
  readonly execution: Execution
  readonly eviction: Pick<Eviction, 'restore'>
}

/** Reads the snapshots that programs of before have left on disk, and those that a new cluster begins with. */
export class Snapshots {
  readonly #ports: SnapshotsPorts

  constructor(ports: SnapshotsPorts) {
    this.#ports = ports
  }

  /** Loads the own snapshot at a restart. @throws SnapshotError */
  load(bytes: Uint8Array): void {
    const { ledger, execution, eviction } = this.#ports
    const data = this.#read(bytes)
    execution.restore(data)
    ledger.install(data.indices, data)
    ledger.truncate(data.floor)
    eviction.restore(data.raised)
  }

  /** @throws SnapshotError `snapshotVersion` */
  #read(bytes: Uint8Array): SnapshotData {
    const data = this.#ports.codec.decodeData(bytes) as SnapshotData
    if (data.version !== snapshotVersion)
      throw new SnapshotError(
        'snapshotVersion',
        `a snapshot of version ${data.version}; this program reads version ${snapshotVersion}`,
      )
    // Older snapshots, from before truncation by agreement, have no agreed floor.
    return { ...data, agreed: data.agreed ?? noDependencies(this.#ports.ledger.membership.quorums.n) }
  }
}
