import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import { Interned } from './interned.ts'

/** A message on its way. It stays deliverable for ever, so that it may come late, twice, in any order, or never. */
export interface Posted {
  readonly from: Rank
  readonly to: Rank
  readonly message: InstanceMessage
}

/** All messages that were ever sent in any state, by number. */
export class Post {
  readonly #posted = new Interned<Posted>()

  get size(): number {
    return this.#posted.size
  }

  /** The number of a message. A commit and a waiting are taken from anyone alike: their sender is not told apart. */
  number(from: Rank, to: Rank, message: InstanceMessage): number {
    const sender = message.type === 'commit' || message.type === 'waiting' ? message.id.rank : from
    return this.#posted.number(JSON.stringify([sender, to, message]), () => ({ from: sender, to, message }))
  }

  posted(number: number): Posted {
    return this.#posted.value(number)
  }
}
