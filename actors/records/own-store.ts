import type { Random } from '../../machines/protocol/clock.ts'
import { nextLife, type OwnLife } from '../../machines/protocol/store-lives.ts'
import type { StoreContents } from '../../storage/store.ts'
import type { Outbox } from './outbox.ts'

export interface OwnStorePorts {
  readonly random: Random
  readonly outbox: Outbox
}

/**
 * The life of this replica's own store ([S1](../../machines/protocol/README.md#rule-s1)). It begins when the replica does,
 * and is durable before the replica greets anybody; by it the peers tell an old copy of the store.
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
   * @param done is called once it is durable; on a full disk when there is room
   */
  begin({ life: before }: StoreContents, done: () => void): void {
    const { outbox } = this.#ports
    this.#life = nextLife(before, () => this.#drawToken())
    if (this.#life !== before) outbox.writeExtra({ life: this.#life })
    outbox.whenDurable(done)
  }

  /** Called before this replica is heard by a peer for the first time in its life: the next start begins another one. */
  letIn(): void {
    if (this.#life.isLetIn) return
    this.#life = { ...this.#life, isLetIn: true }
    this.#ports.outbox.writeExtra({ life: this.#life })
  }

  #drawToken(): string {
    const word = () => Math.floor(this.#ports.random() * 2 ** 32).toString(36)
    return `${word()}${word()}${word()}`
  }
}
