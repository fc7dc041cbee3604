import { type InstanceId, sameId } from '../../../machines/protocol/instance-id.ts'
import type { Message, MessageType } from '../../../machines/protocol/messages.ts'
import { endsOf, type Route } from './letters.ts'

/** A message that has left its sender, and is not delivered. Ends are ranks. */
export interface Envelope<M extends Message = Message> {
  readonly from: number
  readonly to: number
  readonly message: M
}

type Sent<K extends MessageType> = Extract<Message, { type: K }>

/** The envelopes in flight, in the order in which they left. They stay there until the schedule takes them out. */
export class Flight {
  readonly #n: number
  #envelopes: Envelope[] = []

  constructor(n: number) {
    this.#n = n
  }

  add(envelope: Envelope): void {
    this.#envelopes.push(envelope)
  }

  find<K extends MessageType>(type: K, route: Route, id?: InstanceId): Envelope<Sent<K>>[] {
    const { from, to } = endsOf(route, this.#n)
    const found = this.#envelopes.filter(
      each =>
        each.message.type === type &&
        from.includes(each.from) &&
        to.includes(each.to) &&
        (id === undefined || ('id' in each.message && sameId(each.message.id, id))),
    )
    return found as Envelope<Sent<K>>[]
  }

  /** Takes out what `find` finds. */
  take(type: MessageType, route: Route, id?: InstanceId): readonly Envelope[] {
    const found: readonly Envelope[] = this.find(type, route, id)
    const taken = new Set(found)
    this.#envelopes = this.#envelopes.filter(each => !taken.has(each))
    return found
  }
}
