import {
  ClientTable,
  type ClientTableData,
  type Standing,
  sessionWindow,
} from '../../machines/execution/client-table.ts'
import { type Envelope, readNumber } from '../../machines/protocol/envelope.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import type { Codec } from '../../net/codec.ts'
import { digestOf } from '../shared/digest.ts'
import type { UserStateMachine } from '../shared/user-state-machine.ts'
import type { RawTable } from '../tables/raw-table.ts'
import { SnapshotTable } from '../tables/snapshot-table.ts'
import type { StateTables } from '../tables/state-tables.ts'
import { type Answer, applyFailed } from './answer.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { readEnvelope } from './read-envelope.ts'
import { engineOf, isOfState, isOfStateMachine, sessionsTable, snapshotTable } from './table-engine.ts'

/** The whole state as plain data, in snapshots from before there were tables. */
interface EarlierStateData {
  readonly state: Uint8Array
  readonly clients: ClientTableData
  /** The answers in the table are encoded. In older snapshots they are plain data. */
  readonly answers?: 'encoded'
}

/**
 * The whole replicated state, which lies in tables: those of the application's state machine, or chunks of its snapshot,
 * and the rows of its clients' sessions. Commands change sessions many times a second, so their rows are written to the
 * table only when the tables are needed.
 */
export class ReplicatedState {
  readonly #stateMachine: UserStateMachine
  readonly #codec: Codec
  readonly #clients = new ClientTable()
  readonly #tables: StateTables
  readonly #sessions: RawTable
  #isReplaced = false
  #isBehindItself = false
  /** Undefined when the state machine has tables. */
  readonly #snapshots: SnapshotTable | undefined
  /** Called when a session is used. */
  readonly #used: (session: string) => void

  /** @throws StateMachineError `badStateMachine` when its tables are none of this library */
  constructor(stateMachine: UserStateMachine, codec: Codec, used: (session: string) => void) {
    this.#stateMachine = stateMachine
    this.#codec = codec
    this.#used = used
    this.#tables = engineOf(stateMachine.tables, codec)
    this.#sessions = this.#tables.system(sessionsTable)
    this.#snapshots =
      stateMachine.tables === undefined ? new SnapshotTable(this.#tables.system(snapshotTable)) : undefined
  }

  /** All tables, those of the state machine among them: up to date after `save`. */
  get tables(): StateTables {
    return this.#tables
  }

  /**
   * Called when the state of another replica begins to be loaded into the tables: until `loaded` they hold a part of it, and
   * until `repeated` it lacks what was executed here alone.
   */
  replacing(): void {
    this.#isReplaced = true
    this.#isBehindItself = true
  }

  /** Called when nothing of the state was replaced after all. */
  kept(): void {
    this.#isReplaced = false
    this.#isBehindItself = false
  }

  /** Called when what was executed here alone is executed again. */
  repeated(): void {
    this.#isBehindItself = false
  }

  /** Whether the state is being replaced by one that may be older than what was seen here: no query is answered. */
  get isBehindItself(): boolean {
    return this.#isBehindItself
  }

  /** Whether the state is being replaced: nothing may be read from it. */
  get isReplaced(): boolean {
    return this.#isReplaced
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
    return this.read(this.list(payload))
  }

  /** The list that a payload holds, not checked yet. @throws CodecError */
  list(payload: Uint8Array): readonly unknown[] {
    return this.#codec.decodeList(payload, this.#stateMachine.texts)
  }

  /** The envelope of a list that a payload holds, also of an earlier kind. @throws CodecError */
  read(list: readonly unknown[]): Envelope {
    return readEnvelope(list, command => this.#codec.decodeData(command, this.#stateMachine.texts))
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

  /**
   * Brings what lies elsewhere into the tables: sessions, and the snapshot of a state machine without tables. Called
   * before a checkpoint begins.
   * @throws StateMachineError `snapshotFailed`
   */
  save(): void {
    if (this.#isReplaced) return
    this.#snapshots?.write(this.#stateMachine.snapshot())
    for (const [session, row] of this.#clients.takeChanged())
      if (row === undefined) this.#sessions.delete(session)
      else this.#sessions.set(session, this.#codec.encodeDeep(row))
  }

  /**
   * Takes over what was loaded into the tables. What cannot be taken over is never read: the state stays one that is being
   * replaced.
   * @throws StateMachineError `badStateMachine`
   */
  loaded(): void {
    const rows = [...this.#sessions.keys()].map(session => this.#codec.decodeDeep(this.#sessions.view(session)!))
    this.#clients.restore(rows as ClientTableData)
    this.#clients.takeChanged()
    for (const session of this.#clients.sessions) this.#used(session)
    if (this.#snapshots === undefined) this.#stateMachine.replaced()
    else {
      const snapshot = this.#snapshots.read()
      if (snapshot !== undefined) this.#stateMachine.restore(snapshot)
    }
    this.#isReplaced = false
  }

  /** The digest of the whole state: equal states have equal ones. @throws StateMachineError `snapshotFailed` */
  digest(): string {
    this.save()
    return digestOf(new TextEncoder().encode(this.#tables.digest(isOfState)))
  }

  /** The same of the state machine alone. @throws StateMachineError `snapshotFailed` */
  digestOfStateMachine(): string {
    if (!this.#isReplaced) this.#snapshots?.write(this.#stateMachine.snapshot())
    return digestOf(new TextEncoder().encode(this.#tables.digest(isOfStateMachine)))
  }

  /**
   * Replaces the whole state by that of a snapshot from before there were tables.
   * @throws StateMachineError `badStateMachine`
   */
  migrate(snapshot: Uint8Array): void {
    const { state, clients, answers } = this.#codec.decodeDeep(snapshot) as EarlierStateData
    this.#tables.empty()
    this.#stateMachine.replaced()
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
