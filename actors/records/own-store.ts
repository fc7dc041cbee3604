import type { Clock, Random } from '../../machines/protocol/clock.ts'
import { nextLife, type OwnLife } from '../../machines/protocol/store-lives.ts'
import type { Store, StoreContents } from '../../storage/store.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Outbox } from './outbox.ts'

export interface OwnStorePorts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly outbox: Outbox
  /** Time between two tries when the disk is full. */
  readonly retryMs: number
  isHalted(): boolean
  log(event: ReplicaEvent): void
}

/**
 * The life of this replica's own store ([S1](../../machines/protocol/README.md#rule-s1)). It begins when the store is
 * opened, and is durable before the replica votes; by it the peers tell an old copy of the store.
 */
export class OwnStore {
  readonly #ports: OwnStorePorts
  #life: OwnLife = { life: 0, token: '', isLetIn: false }

  constructor(ports: OwnStorePorts) {
    this.#ports = ports
  }

  get life(): OwnLife {
    return this.#life
  }

  /**
   * Begins a life on the store that was opened.
   * @param done is called once it is durable, later or at once, or with the error of the store; not after the replica has ended
   */
  begin({ life: before }: StoreContents, done: (error: Error | null) => void): void {
    this.#life = nextLife(before, () => this.#drawToken())
    if (this.#life === before) done(null)
    else this.#write(false, done)
  }

  /** Called before this replica is heard by a peer for the first time in its life: the next start begins another one. */
  letIn(): void {
    if (this.#life.isLetIn) return
    this.#life = { ...this.#life, isLetIn: true }
    this.#ports.outbox.writeExtra({ life: this.#life })
  }

  #write(wasFull: boolean, done: (error: Error | null) => void): void {
    const { store, clock, retryMs, isHalted, log } = this.#ports
    store.write({ records: [], life: this.#life }, error => {
      if (isHalted()) return
      if (error?.code !== 'storeFull') {
        if (wasFull && error === null) log({ code: 'roomAgain' })
        done(error)
        return
      }
      if (!wasFull) log({ code: 'diskFull', error })
      clock.setTimeout(() => {
        if (!isHalted()) this.#write(true, done)
      }, retryMs)
    })
  }

  #drawToken(): string {
    const word = () => Math.floor(this.#ports.random() * 2 ** 32).toString(36)
    return `${word()}${word()}${word()}`
  }
}
