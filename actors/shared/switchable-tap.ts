import { InvariantError } from '../../machines/protocol/errors.ts'
import type { Tap } from './tap.ts'

/**
 * A tap that is given to a replica once, and to which somebody may be attached while it runs. With nobody attached it has no
 * methods: that costs the replica what no tap costs, a check.
 */
export class SwitchableTap {
  readonly #tap: { -readonly [name in keyof Tap]: Tap[name] } = {}
  #isAttached = false

  /** For `ReplicaOptions.tap`. */
  get tap(): Tap {
    return this.#tap
  }

  /**
   * Hears all from here on.
   * @returns what ends that
   * @throws InvariantError when somebody is attached already: several hear through one
   */
  attach(heard: Tap): () => void {
    if (this.#isAttached) throw new InvariantError('somebody is attached to this tap already')
    this.#isAttached = true
    Object.assign(this.#tap, heard)
    return () => {
      for (const name of Object.keys(heard) as (keyof Tap)[]) delete this.#tap[name]
      this.#isAttached = false
    }
  }
}
