import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Texts } from '../../net/codec/plain-data-decoder.ts'
import type { Codec } from '../../net/codec.ts'
import { ResultEncoder } from './result-encoder.ts'
import type { Executing, SnapshotStateMachine, StateMachine, TableStateMachine } from './state-machine.ts'
import type { Tables } from './tables.ts'
import { disown, wordsOf } from './thrown.ts'

/** A state machine that cannot work as a state machine, or that does not give its state. */
export class StateMachineError extends EpaxosError<ErrorCodeOf<'badStateMachine' | 'snapshotFailed'>> {}

type Methods = Executing<unknown, unknown> &
  Partial<TableStateMachine<unknown, unknown> & SnapshotStateMachine<unknown, unknown>>
/** A method of a state machine. */
export type StateMachineMethod = Exclude<keyof Methods, 'largest' | 'tables'>

const required = ['footprint', 'apply'] as const satisfies readonly StateMachineMethod[]
const optional = ['stamped', 'due'] as const satisfies readonly StateMachineMethod[]
const ofSnapshots = ['snapshot', 'restore'] as const satisfies readonly StateMachineMethod[]
const ofTables = ['replaced', 'migrate'] as const satisfies readonly StateMachineMethod[]

/** Functions that never give their result at once. */
const neverAtOnce = ['[object AsyncFunction]', '[object GeneratorFunction]', '[object AsyncGeneratorFunction]']

/**
 * The application's state machine, as a replica calls it: every call of user code passes here. Answers are checked and
 * copied, because user code may return anything, and may change later what it has returned. Errors are reported, and
 * decide nothing.
 */
export class UserStateMachine {
  readonly #methods: Methods
  readonly #results: ResultEncoder
  readonly #report: (method: StateMachineMethod, error: unknown) => void
  #snapshotError: string | undefined

  /**
   * @param report called with each error of a method
   * @throws StateMachineError `badStateMachine` when a method is missing, or is async
   */
  constructor(
    methods: StateMachine<unknown, unknown>,
    codec: Codec,
    report: (method: StateMachineMethod, error: unknown) => void,
  ) {
    checkMethods(methods)
    this.#methods = methods
    this.#results = new ResultEncoder(codec)
    this.#report = report
  }

  /** The reason why the last snapshot could not be taken; undefined when it was. */
  get snapshotError(): string | undefined {
    return this.#snapshotError
  }

  /** The tables that hold its state; undefined when it gives its state as a snapshot. */
  get tables(): Tables | undefined {
    return this.#methods.tables
  }

  get hasDue(): boolean {
    return this.#methods.due !== undefined
  }

  /**
   * Called once before the replica opens its store. A state that is not bytes would be lost with the first snapshot.
   * One that throws may work later.
   * @throws StateMachineError `badStateMachine`
   */
  check(): void {
    if (this.tables !== undefined) return
    try {
      const state: unknown = this.#methods.snapshot!()
      if (!(state instanceof Uint8Array)) throw new StateMachineError('badStateMachine', noBytes(state))
    } catch (error) {
      if (error instanceof StateMachineError) throw error
      this.#snapshotFailed(error)
    }
  }

  /** Whether commands that only read are to be executed everywhere, as all others. */
  get readsAsCommands(): boolean {
    return this.#methods.readsAsCommands === true
  }

  /** How commands for it are decoded. */
  get texts(): Texts {
    return this.#methods.textsAsBytes === true ? 'bytes' : 'strings'
  }

  /** The footprint as it was returned: anything. @throws whatever the state machine throws */
  footprint(command: unknown): unknown {
    return this.#methods.footprint(command)
  }

  /** The command to be proposed instead of this one. @throws whatever the state machine throws */
  stamped(command: unknown, nowMs: number): unknown {
    return this.#methods.stamped?.(command, nowMs) ?? command
  }

  /**
   * Executes a command.
   * @returns its result, encoded; undefined when the state machine threw, or its result is no plain data
   */
  apply(command: unknown): Uint8Array | undefined {
    try {
      return this.#applied(command)
    } catch (error) {
      this.#failed('apply', error)
      return undefined
    }
  }

  /** Executes a command whose result nobody here waits for, and nobody keeps. */
  applyUnanswered(command: unknown): void {
    try {
      this.#methods.apply(command)
    } catch (error) {
      this.#failed('apply', error)
    }
  }

  /** Executes a command that only reads. @returns its result, encoded. @throws an error that says what went wrong */
  query(command: unknown): Uint8Array {
    return this.#applied(command)
  }

  /** The commands that are due, at most `max`; none when the state machine throws, or gives no list. */
  due(nowMs: number, max: number): readonly unknown[] {
    try {
      const commands: unknown = this.#methods.due?.(nowMs, max) ?? []
      if (Array.isArray(commands)) return commands.slice(0, max)
      throw new TypeError(`a list of commands is expected, found ${disown(commands)}`)
    } catch (error) {
      this.#failed('due', error)
      return []
    }
  }

  /** Called when a due command cannot be proposed. */
  dueRefused(reason: string): void {
    this.#report('due', new TypeError(reason))
  }

  /**
   * The whole state as bytes, for now: they may be the state machine's own. For one without tables.
   * @throws StateMachineError `snapshotFailed`
   */
  snapshot(): Uint8Array {
    let state: unknown
    try {
      state = this.#methods.snapshot!()
      if (!(state instanceof Uint8Array)) throw new TypeError(noBytes(state))
    } catch (error) {
      throw this.#snapshotFailed(error)
    }
    this.#snapshotError = undefined
    return state
  }

  /**
   * Replaces the whole state by a snapshot: where the state lies in tables, by one from before it did.
   * @throws StateMachineError `badStateMachine`: the state is undefined then
   */
  restore(snapshot: Uint8Array): void {
    const method = this.tables === undefined ? 'restore' : 'migrate'
    if (this.#methods[method] === undefined)
      throw new StateMachineError(
        'badStateMachine',
        `the state is a snapshot of ${snapshot.length} bytes: the state machine has tables, and no migrate`,
      )
    this.#settles(method, `on ${snapshot.length} bytes`, () => this.#methods[method]!(snapshot))
  }

  /** Called when the tables were replaced. @throws StateMachineError `badStateMachine` */
  replaced(): void {
    this.#settles('replaced', '', () => this.#methods.replaced?.())
  }

  #settles(method: StateMachineMethod, on: string, run: () => unknown): void {
    let returned: unknown
    try {
      returned = run()
    } catch (cause) {
      const words = [method, 'of the state machine threw', on].filter(word => word !== '').join(' ')
      throw new StateMachineError('badStateMachine', `${words}: ${wordsOf(cause)}`, { cause })
    }
    if (isPromise(returned))
      throw new StateMachineError('badStateMachine', `${method} of the state machine returned ${disown(returned)}`)
  }

  #applied(command: unknown): Uint8Array {
    const result = this.#methods.apply(command)
    try {
      return this.#results.encode(result)
    } catch (cause) {
      // A getter of the result may have thrown a promise.
      disown((cause as { readonly cause?: unknown }).cause)
      throw new TypeError(`it returned ${disown(result)}: ${wordsOf(cause)}`, { cause })
    }
  }

  #failed(method: StateMachineMethod, error: unknown): void {
    disown(error)
    this.#report(method, error)
  }

  #snapshotFailed(error: unknown): StateMachineError {
    this.#snapshotError = `snapshot of the state machine: ${wordsOf(error)}`
    this.#failed('snapshot', error)
    return new StateMachineError('snapshotFailed', this.#snapshotError, { cause: error })
  }
}

/** What is made of the state; undefined when the state machine does not give it. */
export function ifThereIsAState<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof StateMachineError) return undefined
    throw error
  }
}

function checkMethods(methods: unknown): void {
  if ((typeof methods !== 'object' && typeof methods !== 'function') || methods === null)
    throw new StateMachineError(
      'badStateMachine',
      `a state machine is an object with methods, found ${disown(methods)}`,
    )
  const found = methods as { readonly [method: string]: unknown }
  const hasTables = found.tables !== undefined
  if (!hasTables && ofSnapshots.every(method => found[method] === undefined))
    throw new StateMachineError(
      'badStateMachine',
      'a state machine has `tables` made by `createTables`, or `snapshot` and `restore`; this one has neither',
    )
  const superfluous = ofSnapshots.find(method => hasTables && found[method] !== undefined)
  if (superfluous !== undefined)
    throw new StateMachineError('badStateMachine', `${superfluous} of the state machine: one with tables has none`)
  const needed: readonly StateMachineMethod[] = hasTables ? required : [...required, ...ofSnapshots]
  for (const method of [...needed, ...optional, ...(hasTables ? ofTables : [])]) {
    const body = found[method]
    if (body === undefined && !needed.includes(method)) continue
    if (typeof body !== 'function')
      throw new StateMachineError('badStateMachine', `${method} of the state machine: a function is expected`)
    if (neverAtOnce.includes(Object.prototype.toString.call(body)))
      throw new StateMachineError(
        'badStateMachine',
        `${method} of the state machine is async or a generator; it has to return its result at once`,
      )
  }
}

const noBytes = (state: unknown): string => `snapshot has to return a Uint8Array at once, and returned ${disown(state)}`

const isPromise = (value: unknown): boolean => value instanceof Promise
