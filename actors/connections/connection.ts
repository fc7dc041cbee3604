import { type Actor, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { connectionMachine } from '../../machines/connection/machine.ts'
import type { ClientAnswer, RefusalCode } from '../../machines/protocol/client-messages.ts'
import type { ClientPeer } from '../../net/clients.ts'
import type { Proposal } from '../execution/proposal.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'

export interface ConnectionPorts {
  readonly client: ClientPeer
  readonly limits: Limits
  /** Called when something of this turn must be told at its end. */
  touched(connection: Connection): void
}

const machine = compiled(connectionMachine)

/**
 * Reason for ending a connection: its client would wait for ever for an answer that cannot be sent. Others are not
 * affected.
 */
const tooLarge = 'a result fits into no message'

/** One client's connection at its replica. The answers of a turn leave as one frame at its end. */
export class Connection {
  /** The lane where its commands wait to be proposed. */
  readonly lane = new Lane<Proposal>()
  readonly #ports: ConnectionPorts
  readonly #actor: Actor<typeof connectionMachine>
  #isOpen = true
  #answers: ClientAnswer[] = []
  /** Requests whose commands were executed in a session, and their results: they leave as few messages. */
  #requests: number[] = []
  #results: Uint8Array[] = []
  /** Number of commands of this turn that the statechart does not know yet: one event tells it of all. */
  #taken = 0
  #settled = 0

  constructor(ports: ConnectionPorts) {
    this.#ports = ports
    this.#actor = createActor(machine, { input: { inFlightMax: ports.limits.connectionInFlightMax } })
    this.#actor.start()
  }

  /** Number of commands that may be taken in now, or the refusal of any. */
  room(): number | Refusal {
    const state = this.#actor.getSnapshot()
    const { inFlight, inFlightMax } = state.context
    const room = inFlightMax - inFlight - this.#taken
    if (room <= 0) return { code: 'overloaded', reason: this.fullReason }
    return state.hasTag('takes') ? room : { code: 'draining', reason: 'this replica is being stopped' }
  }

  /** Whether a command that was taken by the end of the last turn is not settled. */
  get hasInFlight(): boolean {
    return this.#actor.getSnapshot().context.inFlight > 0
  }

  get fullReason(): string {
    return `more than ${this.#ports.limits.connectionInFlightMax} requests in flight on one connection`
  }

  taken(count: number): void {
    this.#taken += count
    this.#touch()
  }

  /** Called when a command that was taken is settled. */
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
    this.answer({ type: 'refused', request, code, reason: fitting(reason, this.#ports.limits.textBytesMax) })
  }

  /** Called with the encoded result of an executed command of a session. */
  result(request: number, result: Uint8Array): void {
    if (!this.#isOpen) return
    this.#requests.push(request)
    this.#results.push(result)
    this.#touch()
  }

  /** Tells the client its answers, and the statechart its commands, of this turn. */
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

  /** Called when the connection has ended. */
  closed(): void {
    this.#isOpen = false
    this.#actor.send({ type: 'closed' })
  }

  #touch(): void {
    if (this.#isOpen) this.#ports.touched(this)
  }

  /** Packs results into messages within the bounds, usually one. */
  #pack(requests: readonly number[], results: readonly Uint8Array[]): void {
    const count = requests.length
    if (count === 0) return
    const { limits } = this.#ports
    if (count <= limits.batchCommandsMax) {
      const { lengths, bytes } = endToEnd(results)
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

/** Encoded results as one piece of bytes. */
function endToEnd(results: readonly Uint8Array[]): { readonly lengths: readonly number[]; readonly bytes: Uint8Array } {
  const lengths = results.map(({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const result of results) {
    bytes.set(result, at)
    at += result.length
  }
  return { lengths, bytes }
}

/** As much of a text as fits into so many bytes, of whole characters: user code may have thrown any text. */
function fitting(text: string, bytesMax: number): string {
  // A character takes at most three bytes for each of its units.
  const charactersMax = Math.floor(bytesMax / 3)
  const some = text.length > charactersMax ? text.slice(0, charactersMax) : text
  return (some as string & { toWellFormed(): string }).toWellFormed()
}
