import { ExecutedSet } from '../../machines/execution/executed-set.ts'
import { ConflictIndex, type ConflictIndicesData } from '../../machines/protocol/conflict-index.ts'
import { type Dependencies, noDependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { RaisedFloor } from '../../machines/protocol/truncation.ts'
import { type Codec, CodecError } from '../../net/codec.ts'
import type { Execution, ExecutionImage } from '../execution/execution.ts'
import type { Ledger } from '../records/ledger.ts'
import { digestOf } from '../shared/digest.ts'
import type { Works } from '../shared/works.ts'
import { checkSnapshotHead } from './check-snapshot.ts'
import type { Eviction } from './eviction.ts'
import { SnapshotError } from './snapshot-error.ts'
import type { StateSize } from './state-size.ts'
import { type SnapshotPlace, transferOf } from './transferred-snapshot.ts'

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

/** The bytes of a snapshot, and their digest: its name. */
export interface Snapshot {
  readonly digest: string
  readonly bytes: Uint8Array
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
  readonly size: StateSize
  readonly eviction: Pick<Eviction, 'raised' | 'restore'>
  readonly works: Pick<Works, 'during'>
  now(): number
}

/** Takes, loads and installs snapshots. */
export class Snapshots {
  readonly #ports: SnapshotsPorts
  #latest: (Snapshot & { readonly place: SnapshotPlace; readonly sinceMs: number }) | undefined
  #transferable: Snapshot | undefined

  constructor(ports: SnapshotsPorts) {
    this.#ports = ports
  }

  /** The latest snapshot. */
  get latest(): Snapshot | undefined {
    return this.#latest
  }

  /**
   * The latest snapshot with its records, for replicas that missed much. With the state alone they could not help
   * others in turn: records gone at a replica lie within the agreed floor, also after it has installed a snapshot (T8).
   */
  get transferable(): Snapshot | undefined {
    if (this.#latest === undefined) return undefined
    if (this.#transferable === undefined) {
      const { codec, ledger } = this.#ports
      const bytes = codec.encodeData(transferOf(this.#latest.bytes, this.#latest.place, ledger, codec))
      this.#transferable = { digest: digestOf(bytes), bytes }
    }
    return this.#transferable
  }

  /** Size and age of the latest snapshot, since it was taken, or loaded. */
  get summary(): { readonly bytes: number; readonly agoMs: number } | undefined {
    const latest = this.#latest
    return latest && { bytes: latest.bytes.length, agoMs: Math.round(this.#ports.now() - latest.sinceMs) }
  }

  /**
   * Takes a snapshot of the state between two components, as bytes that become durable together with a deletion.
   * @param floor the index per row up to which records go with it
   * @returns undefined when it has more bytes than may be written; then nothing has changed
   */
  take(floor: Dependencies): Uint8Array | undefined {
    return this.#ports.works.during('snapshot', () => this.#take(floor))
  }

  #take(floor: Dependencies): Uint8Array | undefined {
    const { codec, ledger, execution, size, eviction } = this.#ports
    const image = execution.image()
    // Already the state alone: more than a store takes need not be encoded once more.
    if (image.state.length > size.bytesMax && !size.fits(image.state.length)) return undefined
    const data: SnapshotData = {
      version: snapshotVersion,
      ...image,
      indices: ledger.indices(),
      floor,
      raised: eviction.raised,
    }
    const bytes = codec.encodeData(data)
    if (!size.fits(bytes.length)) return undefined
    this.#keep(bytes, data)
    return bytes
  }

  /**
   * Makes an installed snapshot of another replica the own one, with the own floor and promise. It has all that is gone
   * here, or it would not have been installed.
   */
  adopt(installed: SnapshotData): Uint8Array {
    const { codec, ledger, eviction } = this.#ports
    const { floor } = ledger
    const data: SnapshotData = { ...installed, indices: ledger.indices(), floor, raised: eviction.raised }
    const bytes = codec.encodeData(data)
    this.#keep(bytes, data)
    return bytes
  }

  /** Loads the own snapshot at a restart. @throws SnapshotError */
  load(bytes: Uint8Array): void {
    const { ledger, execution, eviction } = this.#ports
    const data = this.read(bytes)
    execution.restore(data)
    ledger.install(data.indices, data)
    ledger.truncate(data.floor)
    eviction.restore(data.raised)
    this.#ports.size.fits(bytes.length)
    this.#keep(bytes, data)
  }

  /** Reads a snapshot of another replica. @throws SnapshotError `snapshotMalformed`, `snapshotVersion` */
  readOfDonor(bytes: Uint8Array): SnapshotData {
    const { codec, ledger } = this.#ports
    let decoded: unknown
    try {
      decoded = codec.decodeData(bytes)
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause
      throw new SnapshotError('snapshotMalformed', `it cannot be read: ${cause.message}`, { cause })
    }
    const version = (decoded as { readonly version?: unknown } | null)?.version
    if (version === snapshotVersion) checkSnapshotHead(decoded, ledger.membership.quorums.n)
    return this.read(bytes)
  }

  /** @throws SnapshotError `snapshotVersion` */
  read(bytes: Uint8Array): SnapshotData {
    const data = this.#ports.codec.decodeData(bytes) as SnapshotData
    if (data.version !== snapshotVersion)
      throw new SnapshotError(
        'snapshotVersion',
        `a snapshot of version ${data.version}; this program reads version ${snapshotVersion}`,
      )
    // Older snapshots, from before truncation by agreement, have no agreed floor.
    return { ...data, agreed: data.agreed ?? noDependencies(this.#ports.ledger.membership.quorums.n) }
  }

  /**
   * Installs a snapshot of another replica (section 8): its state and executed set replace mine, both indices are
   * merged by maximum, my votes stay. Ids executed here and not there are executed again, from their records.
   * @throws SnapshotError `snapshotLacks` when it lacks an id that was executed here and of which there is no record
   */
  install(data: SnapshotData): void {
    const { ledger, execution } = this.#ports
    const lacking = this.#goneAndNotIn(ExecutedSet.fromData(data))
    if (lacking !== undefined)
      throw new SnapshotError(
        'snapshotLacks',
        `it lacks ${lacking.rank}.${lacking.index} (by rank), which was executed here and cannot be executed again`,
      )
    execution.restore(data)
    ledger.install(data.indices, data)
  }

  #goneAndNotIn(executed: ExecutedSet): InstanceId | undefined {
    const { ledger } = this.#ports
    const { epoch } = ledger.membership
    for (const [rank, upTo] of executed.prefix().entries())
      for (let index = upTo + 1; index <= ledger.known[rank]!; index++) {
        const id = { epoch, rank, index }
        if ((ledger.isGone(id) || ledger.isTruncated(rank, index)) && !executed.has(id)) return id
      }
    return undefined
  }

  #keep(bytes: Uint8Array, { prefix, above, floor }: SnapshotPlace): void {
    const place = { prefix, above, floor }
    this.#latest = { digest: digestOf(bytes), bytes, place, sinceMs: this.#ports.now() }
    this.#transferable = undefined
  }
}
