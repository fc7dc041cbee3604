import { type Actor, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { connectionMachine } from '../../machines/connection/machine.ts'
import type { ClientAnswer, RefusalCode } from '../../machines/protocol/client-messages.ts'
import type { ClientPeer } from '../../net/clients.ts'
import type { Codec } from '../../net/codec.ts'
import type { Proposal } from '../execution/proposal.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'

export interface ConnectionPorts {
  readonly client: ClientPeer
  readonly codec: Codec
  readonly limits: Limits
  /** Something of this turn is to be told at its end. */
  touched(connection: Connection): void
}

const machine = compiled(connectionMachine)

/** Its client would wait for ever for an answer that cannot be sent; nobody else is to suffer from it. */
const tooLarge = 'a result fits into no message'

/** One client, as its replica answers it: what a turn answers leaves as one frame at its end. */
export class Connection {
  /** Where its commands wait to be proposed. */
  readonly lane = new Lane<Proposal>()
  readonly #ports: ConnectionPorts
  readonly #actor: Actor<typeof connectionMachine>
  #isOpen = true
  #answers: ClientAnswer[] = []
  /** Requests whose commands were executed in a session, and their results: they leave as few messages. */
  #requests: number[] = []
  #results: unknown[] = []
  /** Commands of this turn that the statechart has not been told of: one event tells of all. */
  #taken = 0
  #settled = 0

  constructor(ports: ConnectionPorts) {
    this.#ports = ports
    this.#actor = createActor(machine, { input: { inFlightMax: ports.limits.connectionInFlightMax } })
    this.#actor.start()
  }

  /** How many more commands may be taken in now; or why none. */
  room(): number | Refusal {
    const state = this.#actor.getSnapshot()
    const { inFlight, inFlightMax } = state.context
    const room = inFlightMax - inFlight - this.#taken
    if (room <= 0) return { code: 'overloaded', reason: this.fullReason }
    return state.hasTag('takes') ? room : { code: 'draining', reason: 'this replica is being stopped' }
  }

  get fullReason(): string {
    return `more than ${this.#ports.limits.connectionInFlightMax} requests in flight on one connection`
  }

  taken(count: number): void {
    this.#taken += count
    this.#touch()
  }

  /** One that was taken is over. */
  settled(): void {
    this.#settled++
    this.#touch()
  }

  answer(answer: ClientAnswer): void {
    if (!this.#isOpen) return
    if (answer.type === 'result' && answer.payload.length > this.#ports.limits.payloadBytesMax) {
      this.close(tooLarge)
      return
    }
    this.#answers.push(answer)
    this.#touch()
  }

  refuse(request: number, code: RefusalCode, reason: string): void {
    this.answer({ type: 'refused', request, code, reason })
  }

  /** A command of a session was executed. */
  result(request: number, result: unknown): void {
    if (!this.#isOpen) return
    this.#requests.push(request)
    this.#results.push(result)
    this.#touch()
  }

  /** Tells the client, and the statechart, what this turn has brought. */
  endTurn(): void {
    const taken = this.#taken
    const settled = this.#settled
    this.#taken = 0
    this.#settled = 0
    if (taken > 0) this.#actor.send({ type: 'taken', count: taken })
    if (settled > 0) this.#actor.send({ type: 'answered', count: settled })
    const requests = this.#requests
    const results = this.#results
    this.#requests = []
    this.#results = []
    this.#pack(requests, results)
    const answers = this.#answers
    this.#answers = []
    if (answers.length > 0) this.#ports.client.send(answers)
  }

  drain(): void {
    this.#actor.send({ type: 'drain' })
  }

  close(reason: string): void {
    this.#ports.client.close(reason)
  }

  /** The connection is no more. */
  closed(): void {
    this.#isOpen = false
    this.#actor.send({ type: 'closed' })
  }

  #touch(): void {
    if (this.#isOpen) this.#ports.touched(this)
  }

  /** Results as messages that keep to the bounds: usually one. */
  #pack(requests: readonly number[], results: readonly unknown[]): void {
    const count = requests.length
    if (count === 0) return
    const { codec, limits } = this.#ports
    if (count <= limits.batchCommandsMax) {
      const { lengths, bytes } = codec.encodePieces(results)
      if (bytes.length <= limits.payloadBytesMax) {
        this.#answers.push({ type: 'results', requests, lengths, results: bytes })
        return
      }
      if (count === 1) {
        this.close(tooLarge)
        return
      }
    }
    const half = Math.ceil(count / 2)
    this.#pack(requests.slice(0, half), results.slice(0, half))
    this.#pack(requests.slice(half), results.slice(half))
  }
}
