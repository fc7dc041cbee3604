import { type Actor, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { connectionMachine } from '../../machines/connection/machine.ts'
import type { ClientAnswer, ClientRequest, RefusalCode } from '../../machines/protocol/client-messages.ts'
import type { ClientPeer } from '../../net/clients.ts'
import type { Proposal } from '../execution/proposal.ts'
import type { Refusal } from '../proposing/refusal.ts'
import { Lane } from '../shared/lane.ts'
import type { Limits } from '../shared/limits.ts'
import { Answers } from './answers.ts'
import type { ClientBytes } from './client-bytes.ts'
import { InFlightKeys } from './in-flight-keys.ts'
import { Intake, requestsIn } from './intake.ts'

export interface ConnectionPorts {
  readonly client: ClientPeer
  readonly limits: Limits
  /** Shared by all connections. */
  readonly clientBytes: ClientBytes
  /** Called when something of this turn must be told at its end. */
  touched(connection: Connection): void
}

/** The requests of an operator. */
const operatorRequests: readonly ClientRequest['type'][] = ['status', 'backup', 'forgetPeer']

const machine = compiled(connectionMachine)

/** Reason for refusing the answer to an executed command. Its client would ask every replica for it in vain. */
const tooLarge = (bytes: number, bytesMax: number): string =>
  `the command was executed, and its result of ${bytes} bytes fits into no message: at most ${bytesMax} do`

/**
 * Number of commands of a connection in flight while the size of their answers is not known yet: results may be large.
 */
const firstInFlight = 64
/** A large answer counts for the answers expected next, less with each smaller one. */
const memory = 8

/**
 * One client's connection at its replica. It takes a request up when there is room for the command and for its answer;
 * others wait in its intake, and when they are many nothing more is read from the socket. The answers of a turn leave as
 * one frame at its end, as far as the socket takes them.
 */
export class Connection {
  /** The lane where its commands wait to be proposed. */
  readonly lane = new Lane<Proposal>()
  readonly intake = new Intake()
  /** Names of the sessions that were opened on it, and not ended. */
  readonly sessions = new Set<string>()
  /** Keys of its commands in flight that write, and of its reads by quorum. */
  readonly writing = new InFlightKeys()
  readonly reading = new InFlightKeys()
  /** Whether its next command waited for a read by quorum when it was looked at last. */
  isHeld = false
  readonly #ports: ConnectionPorts
  readonly #actor: Actor<typeof connectionMachine>
  readonly #answers: Answers
  #isOpen = true
  #isDraining = false
  /** Number of commands in flight, and their bytes: taken up, and not settled. */
  #inFlight = 0
  #bytesInFlight = 0
  /** Bytes expected of each answer to come. */
  #expected: number
  /** Bytes of this connection that are counted among those of all clients. */
  #counted = 0
  /** Number of commands of this turn that the statechart does not know yet: one event tells it of all. */
  #taken = 0
  #settled = 0

  constructor(ports: ConnectionPorts) {
    this.#ports = ports
    this.#answers = new Answers(ports.limits)
    this.#expected = ports.limits.connectionAnswerBytesMax / firstInFlight
    this.#actor = createActor(machine, { input: { inFlightMax: ports.limits.connectionInFlightMax } })
    this.#actor.start()
  }

  /** The refusal of every request now, if there is one. */
  get refusal(): Refusal | undefined {
    return this.#isDraining ? { code: 'draining', reason: 'this replica is being stopped' } : undefined
  }

  /** Whether its next command waits for a read before it that it would change (rule 5a.7). */
  get isHeldByReads(): boolean {
    return this.isHeld && !this.reading.isEmpty
  }

  /** Whether a command that was taken is not settled. */
  get hasInFlight(): boolean {
    return this.#inFlight > 0
  }

  /** The refusal of a request of this type, if there is one: a place that is kept for the operator serves nobody else. */
  refusalOf({ type }: ClientRequest): Refusal | undefined {
    if (!this.#ports.client.isOperator || operatorRequests.includes(type)) return undefined
    return { code: 'overloaded', reason: 'all places for clients are taken; this one is kept for the operator' }
  }

  /** Takes in what was read from the socket. Requests beyond those that may be unanswered are refused. */
  arrived(requests: readonly ClientRequest[]): void {
    const { connectionInFlightMax: max } = this.#ports.limits
    for (const message of requests) {
      const count = requestsIn(message)
      const room = Math.max(0, max - this.#inFlight - this.#answers.count - this.intake.count)
      const waiting = Math.min(count, room)
      if (waiting > 0 || count === 0) this.intake.add(message, waiting)
      for (let at = waiting; at < count; at++)
        this.refuse(message.request + at, 'overloaded', `more than ${max} requests in flight on one connection`)
    }
  }

  /**
   * Whether one more command may be in flight, with its answer on the way. One may always: the limits hold for many.
   * @param bytes of the command
   */
  mayTake(bytes: number): boolean {
    if (this.#inFlight === 0 && this.#answers.count === 0) return true
    const { clientBytes, limits } = this.#ports
    return (
      !clientBytes.isFull &&
      (this.#inFlight === 0 || this.#bytesInFlight + bytes <= limits.connectionInFlightBytesMax) &&
      this.#answers.bytes + (this.#inFlight + 1) * this.#expected <= limits.connectionAnswerBytesMax
    )
  }

  /** Whether a request that is answered at once may be taken up: its answer goes to the socket in this turn. */
  get mayAnswer(): boolean {
    const { client, limits } = this.#ports
    return (client.flow?.hasRoom ?? true) && this.#answers.bytes < limits.clientRoomBytes
  }

  /** Called when commands are in flight from now on. */
  taken(count: number, bytes: number): void {
    this.#inFlight += count
    this.#bytesInFlight += bytes
    this.#taken += count
    this.#count()
    this.#touch()
  }

  /** Called when a command of so many bytes is settled. Its answer follows. */
  settled(bytes: number): void {
    this.#inFlight--
    this.#bytesInFlight -= bytes
    this.#settled++
    this.#count()
    this.#touch()
  }

  answer(answer: ClientAnswer): void {
    if (!this.#isOpen) return
    const { payloadBytesMax } = this.#ports.limits
    if (answer.type === 'result' && answer.payload.length > payloadBytesMax) {
      this.refuse(answer.request, 'outdated', tooLarge(answer.payload.length, payloadBytesMax))
      return
    }
    this.#answers.add(answer)
    if (answer.type === 'result') this.#expect(answer.payload.length)
    this.#touch()
  }

  refuse(request: number, code: RefusalCode, reason: string): void {
    this.answer({ type: 'refused', request, code, reason: fitting(reason, this.#ports.limits.textBytesMax) })
  }

  /** Called with the encoded result of an executed command of a session. */
  result(request: number, result: Uint8Array): void {
    if (!this.#isOpen) return
    const { payloadBytesMax } = this.#ports.limits
    if (result.length > payloadBytesMax) {
      this.refuse(request, 'outdated', tooLarge(result.length, payloadBytesMax))
      return
    }
    this.#answers.addResult(request, result)
    this.#expect(result.length)
    this.#touch()
  }

  /** Tells the client its answers, as far as its socket takes them, and the statechart its commands, of this turn. */
  endTurn(): void {
    const taken = this.#taken
    const settled = this.#settled
    this.#taken = 0
    this.#settled = 0
    if (taken > 0) this.#actor.send({ type: 'taken', count: taken })
    if (settled > 0) this.#actor.send({ type: 'answered', count: settled })
    if (this.#isOpen) this.#send(() => this.#ports.client.flow?.hasRoom ?? true)
  }

  /** Reads from the socket, or not, as much waits or little. Called when requests were taken up, or could not be. */
  regulate(): void {
    const { client, limits } = this.#ports
    const { flow } = client
    if (flow === undefined || !this.#isOpen) return
    const isMuch =
      this.intake.bytes > limits.connectionWaitingBytesMax ||
      this.#answers.bytes > limits.connectionAnswerBytesMax ||
      this.#answers.count > limits.connectionInFlightMax
    if (isMuch) flow.pause()
    else flow.resume()
  }

  drain(): void {
    this.#isDraining = true
    this.#actor.send({ type: 'drain' })
  }

  /** Ends it, after its answers. */
  close(reason: string): void {
    if (this.#isOpen) this.#send(() => true)
    this.#ports.client.close(reason)
  }

  /** Called when the connection has ended. */
  closed(): void {
    this.#isOpen = false
    this.intake.clear()
    this.#answers.clear()
    this.#count()
    this.#actor.send({ type: 'closed' })
  }

  #send(mayGo: () => boolean): void {
    const { client, limits } = this.#ports
    while (this.#answers.count > 0 && mayGo()) client.send(this.#answers.take(limits.clientRoomBytes))
    this.#count()
    this.regulate()
  }

  #expect(bytes: number): void {
    this.#expected = Math.max(bytes, this.#expected - (this.#expected - bytes) / memory)
    this.#count()
  }

  /** Counts what it holds among the bytes of all clients. */
  #count(): void {
    const held = this.#bytesInFlight + this.#answers.bytes
    this.#ports.clientBytes.add(held - this.#counted)
    this.#counted = held
  }

  #touch(): void {
    if (this.#isOpen) this.#ports.touched(this)
  }
}

/** As much of a text as fits into so many bytes, of whole characters: user code may have thrown any text. */
function fitting(text: string, bytesMax: number): string {
  // A character takes at most three bytes for each of its units.
  const charactersMax = Math.floor(bytesMax / 3)
  const some = text.length > charactersMax ? text.slice(0, charactersMax) : text
  return (some as string & { toWellFormed(): string }).toWellFormed()
}
