import type { Replica } from '../../../actors/replica/replica.ts'
import { copyDisk } from '../../../storage/simulated/copy-disk.ts'
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
  /** It is started again and again on a disk that is not its own. */
  #isForgetful = false
  #copy: MemoryDisk | undefined
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
  /** A copy of the disk as it was before the present life began. */
  get copy(): MemoryDisk | undefined {
    return this.#copy
  }
  /** Its disk is lost, damaged or another one, for good. */
  get isRuined(): boolean {
    return this.#ruined
  }
  /** It lives on a disk that has forgotten votes, and nobody may let it in. */
  get isForgetful(): boolean {
    return this.#isForgetful
  }
  /** Whoever watches its process starts it again; on a disk that cannot be opened once, in vain. */
  mayBoot(): boolean {
    const may = !this.#ruined || this.#isForgetful || !this.#triedInVain
    this.#triedInVain = this.#ruined
    return may
  }

  /** Called before a life begins: somebody copies the disk now and then. */
  keepCopy(): void {
    if (!this.#ruined) this.#copy = copyDisk(this.#disk)
  }

  /** It goes on with another disk, which has forgotten votes: the others must not let it in. */
  changeDisk(disk: MemoryDisk): void {
    this.#disk = disk
    this.#ruined = true
    this.#isForgetful = true
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
