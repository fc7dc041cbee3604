import {
  ClientTable,
  type ClientTableData,
  type Standing,
  sessionWindow,
} from '../../machines/execution/client-table.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { type EarlierEnvelope, type Envelope, envelopes, readNumber } from '../../machines/protocol/envelope.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import type { Codec } from '../../net/codec.ts'
import type { UserStateMachine } from '../shared/user-state-machine.ts'
import { type Answer, applyFailed, applyFailedReason } from './answer.ts'

/** The outcome of one command when it was executed. */
export type Outcome =
  /** A command of the state machine was applied: its result, encoded. */
  | { readonly answer: Uint8Array }
  /** A command that the replicas themselves understand. */
  | {
      readonly result: unknown
      /** Whether the state stands at a point of comparison now, as at every replica. */
      readonly isPoint?: true
      /** The agreed floor, up to which records may go. */
      readonly floor?: Dependencies
    }
  /**
   * The command failed, or was not applied: its session has expired, or its client wants no answer, or must take others
   * first.
   */
  | {
      readonly refused: typeof applyFailed | 'sessionExpired' | 'outdated' | 'tooManyUnacknowledged'
      readonly reason: string
    }

interface StateData {
  readonly state: Uint8Array
  readonly clients: ClientTableData
  /** The answers in the table are encoded. In older snapshots they are plain data. */
  readonly answers?: 'encoded'
}

/** The whole replicated state: the state machine of the application, and the table of its clients' sessions. */
export class ReplicatedState {
  readonly #stateMachine: UserStateMachine
  readonly #codec: Codec
  readonly #clients = new ClientTable()
  /** Called when a session is used. */
  readonly #used: (session: string) => void

  constructor(stateMachine: UserStateMachine, codec: Codec, used: (session: string) => void) {
    this.#stateMachine = stateMachine
    this.#codec = codec
    this.#used = used
  }

  get clients(): ClientTable {
    return this.#clients
  }

  /** The standing of a command of a session: whether it was applied here already, and its result. */
  look(session: string, sequence: number, floor: number): Standing {
    return this.#clients.look(session, sequence, floor)
  }

  /** The envelope of a payload. @throws CodecError */
  decode(payload: Uint8Array): Envelope {
    return this.read(this.#codec.decodeList(payload))
  }

  /** The envelope of a list that a payload holds, also of an earlier kind. @throws CodecError */
  read(list: readonly unknown[]): Envelope {
    const envelope = list as unknown as Envelope | EarlierEnvelope
    switch (envelope[0]) {
      case 0:
        return envelopes.command(this.#codec.decodeData(envelope[1]))
      case 1: {
        const [, command, session, sequence, floor] = envelope
        return envelopes.ofSession(session, floor, [sequence], [this.#codec.decodeData(command)])
      }
      case 6: {
        const [, session, sequence, floor, command] = envelope
        return envelopes.ofSession(session, floor, [sequence], [command])
      }
      default:
        return envelope
    }
  }

  /**
   * @param isAnswered whether somebody here waits for the outcomes; results of reads are for nobody else
   * @returns the outcome of each command in it, in their order
   */
  apply(envelope: Envelope, isAnswered = true): readonly Outcome[] {
    switch (envelope[0]) {
      case 2:
        this.#clients.open(envelope[1])
        this.#used(envelope[1])
        return [{ result: envelope[1] }]
      case 3:
        return [{ result: this.#clients.expire(envelope[1], envelope[2]) }]
      case 4:
        return [{ result: null, isPoint: true }]
      case 5:
        return [outcomeOf(this.#apply(envelope[1]))]
      case 7:
        return [{ result: null, floor: envelope[1] }]
      case 8:
        return this.#applyOnce(envelope, isAnswered)
      default:
        // Other replicas may know this kind: skipping it would make the states differ.
        throw new InvariantError(
          `payloads of kind 0 to 8 are known, found ${JSON.stringify((envelope as unknown[])[0])}`,
        )
    }
  }

  /**
   * The result, encoded, of a command that only reads, without any message to other replicas.
   * @throws whatever the state machine throws
   */
  query(command: unknown): Uint8Array {
    return this.#stateMachine.query(command)
  }

  /** The outcome of a command that only reads, of the state as it is now (section 5a): the same as if it were executed. */
  readHere(command: unknown): Outcome {
    return outcomeOf(this.#apply(command))
  }

  /** @throws StateMachineError `snapshotFailed` */
  snapshot(): Uint8Array {
    const state = this.#stateMachine.snapshot()
    const data: StateData = { state, clients: this.#clients.toData(), answers: 'encoded' }
    return this.#codec.encodeDeep(data)
  }

  /** @throws StateMachineError `badStateMachine` */
  restore(snapshot: Uint8Array): void {
    const { state, clients, answers } = this.#codec.decodeDeep(snapshot) as StateData
    this.#stateMachine.restore(state)
    this.#clients.restore(answers === 'encoded' ? clients : this.#encoded(clients))
    for (const session of this.#clients.sessions) this.#used(session)
  }

  #apply(command: unknown): Answer {
    return this.#stateMachine.apply(command) ?? applyFailed
  }

  /** A table of an older snapshot, with its answers encoded. */
  #encoded(clients: ClientTableData): ClientTableData {
    return clients.map(([session, floor, last, answers]) => [
      session,
      floor,
      last,
      answers.map(([sequence, result]) => [sequence, this.#codec.encodeData(result)]),
    ])
  }

  #applyOnce(
    [, session, floor, sequences, commands]: Extract<Envelope, readonly [8, ...unknown[]]>,
    isAnswered: boolean,
  ): Outcome[] {
    const isOpen = this.#clients.has(session)
    if (isOpen) this.#used(session)
    const outcomes = new Array<Outcome>(sequences.length)
    for (let at = 0; at < sequences.length; at++) {
      const sequence = sequences[at]!
      if (sequence === readNumber) outcomes[at] = this.#read(commands[at], isAnswered)
      else if (isOpen) outcomes[at] = this.#applyOne(session, floor, sequence, commands[at])
      else {
        const reason = `session ${session} has expired: its commands are not applied any more`
        outcomes[at] = { refused: 'sessionExpired', reason }
      }
    }
    return outcomes
  }

  /**
   * Executes a command that only reads (rule 5.2). Every replica executes it, so that they stay equal also when its
   * footprint lies; its result is encoded only where somebody waits for it.
   */
  #read(command: unknown, isAnswered: boolean): Outcome {
    if (isAnswered) return outcomeOf(this.#apply(command))
    this.#stateMachine.applyUnanswered(command)
    return unanswered
  }

  #applyOne(session: string, floor: number, sequence: number, command: unknown): Outcome {
    const found = this.#clients.look(session, sequence, floor)
    switch (found.standing) {
      case 'new': {
        const answer = this.#apply(command)
        this.#clients.applied(session, sequence, floor, answer)
        return outcomeOf(answer)
      }
      case 'answered':
        return outcomeOf(found.result as Answer)
      case 'outdated':
        return { refused: 'outdated', reason: `command ${sequence} of session ${session} was given up by its client` }
      case 'beyondWindow':
        return {
          refused: 'tooManyUnacknowledged',
          reason: `command ${sequence} of session ${session} is more than ${sessionWindow} above its floor, ${floor}`,
        }
      case 'expired':
        throw new InvariantError(`session ${session} ended while its commands were applied`)
    }
  }
}

const unanswered: Outcome = { result: undefined }
const failure: Outcome = { refused: applyFailed, reason: applyFailedReason }

/** The outcome that an answer tells. */
export const outcomeOf = (answer: Answer): Outcome => (answer === applyFailed ? failure : { answer })
