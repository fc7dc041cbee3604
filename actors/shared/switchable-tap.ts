import { InvariantError } from '../../machines/protocol/errors.ts'
import type { Tap } from './tap.ts'

/**
 * A tap that is given to a replica once, and to which a listener may be attached while it runs. Without a listener it
 * has no methods, and costs the replica one check, like no tap.
 */
export class SwitchableTap {
  readonly #tap: { -readonly [name in keyof Tap]: Tap[name] } = {}
  #isAttached = false

  /** The tap for `ReplicaOptions.tap`. */
  get tap(): Tap {
    return this.#tap
  }

  /**
   * Attaches a listener to all further events.
   * @returns a function that detaches it
   * @throws InvariantError when a listener is attached already; several share one
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
