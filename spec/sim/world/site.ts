import type { Replica } from '../../../actors/replica/replica.ts'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/simulated/disk.ts'
import type { SimulatedStore } from '../../../storage/simulated/store.ts'
import { Promises } from '../checks/promises.ts'
import { letterOf } from '../names.ts'
import type { DiskPace } from './disk-pace.ts'
import type { Process } from './process.ts'
import type { Witnessed } from './witnessed.ts'

/** One life of a replica. */
export interface Life {
  readonly process: Process
  readonly replica: Replica
  readonly store: SimulatedStore
  readonly machine: Witnessed
  /** Connections of clients to it. */
  readonly clients: Set<{ ended(): void }>
}

/** A member's place: its disk, and the life that it has now. */
export class Site {
  readonly member: number
  readonly pace: DiskPace
  /** What it has told others must be on its disk, whatever happens. */
  readonly promises = new Promises()
  life: Life | undefined
  #disk: MemoryDisk
  #ruined = false
  #triedInVain = false

  constructor(member: number, members: readonly number[], pace: DiskPace) {
    this.member = member
    this.pace = pace
    this.#disk = createMemoryDisk()
    this.#disk.format({ cluster: 'world', member, members, epoch: 1, storeIdentity: `disk ${member}` })
  }

  get rank(): number {
    return this.member - 1
  }
  /** Its letter. */
  get name(): string {
    return letterOf(this.rank)
  }
  get disk(): MemoryDisk {
    return this.#disk
  }
  /** Its disk is lost or damaged, for good. */
  get isRuined(): boolean {
    return this.#ruined
  }
  /** Whoever watches its process starts it again; on a ruined disk once, in vain. */
  mayBoot(): boolean {
    const may = !this.#ruined || !this.#triedInVain
    this.#triedInVain = this.#ruined
    return may
  }

  /** Its disk is another, and empty. */
  loseDisk(): void {
    this.#disk = createMemoryDisk()
    this.#ruined = true
  }

  /** From here on its disk reads as this one does. */
  damageDisk(damaged: MemoryDisk): void {
    this.#disk = damaged
    this.#ruined = true
  }
}
