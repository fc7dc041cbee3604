import type { CallOptions, Client } from '../../actors/client/client.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Argument } from './arguments.ts'
import {
  type AskedOp,
  askedOps,
  checkCommand,
  type GivenTo,
  type KvCommand,
  type KvErrorCode,
  type KvResult,
  type KvValue,
  type NamedOperation,
  type OptionsOf,
  operationNamed,
  optionsOf,
  type TypesOf,
} from './commands.ts'
import { kvResultOf } from './foreign-results.ts'
import { type KvPage, withWords } from './results.ts'
import { type ScanOptions, scanKeys } from './scan.ts'
import { type KvLimits, kvLimitsOf } from './validation.ts'

/** A command was executed, and its result is an error: it changed nothing. */
export class KvResultError extends EpaxosError<KvErrorCode> {}

export interface ReadOptions extends CallOptions {
  /** Answer from the state of one replica, without consensus: what comes may be old. */
  readonly stale?: boolean
}

type LastOf<Args extends readonly Argument[]> = Args extends readonly [...unknown[], infer L extends Argument]
  ? L
  : never
/** The options of one operation: the last arguments of those that are this one with an option. */
type OptionsFor<K extends AskedOp> = (TypesOf<K>['isRead'] extends true ? ReadOptions : CallOptions) & {
  readonly [O in OptionsOf<K> as LastOf<TypesOf<O>['args']>['name']]?: number
}
export type PutOptions = OptionsFor<'put'>

type Answered<K extends AskedOp> = [TypesOf<K>['value']] extends [null] ? Promise<void> : Promise<TypesOf<K>['value']>

/** A method for each operation that is asked for by its name: its arguments, and options. */
type Methods = {
  readonly [K in AskedOp]: (...given: [...args: GivenTo<K>, call?: OptionsFor<K>]) => Answered<K>
}

/**
 * The key-value store as a client sees it: `put`, `get` and the other operations of the table, each a method. Every call is
 * linearizable, unless it says `stale`. It is rejected with ClientError (`unknown`: it may or may not have happened),
 * KvCommandError (not sent: malformed or too large), KvResultError, or EpaxosError `malformed` when the cluster runs another
 * state machine.
 */
export interface KvClient extends Methods {
  /**
   * The keys in order, page by page while they are read: `for await (const key of kv.scan({ prefix: 'user:' }))`. `keys`
   * gives all of them at one moment, if they fit in one answer.
   * @throws KvCommandError, ClientError while they are read
   */
  scan(options?: ScanOptions): AsyncGenerator<string, string | null, undefined>
  /** Any command, its result as it came. */
  execute(command: KvCommand, call?: CallOptions): Promise<KvResult>
  /** A command that only reads, its result as it came from one replica's state, which may be old. */
  query(command: KvCommand, call?: CallOptions): Promise<KvResult>
  /** The status of the replica that this client talks to. */
  status(call?: CallOptions): Promise<unknown>
  /** Where commands go now; undefined while there is no connection. */
  readonly endpoint: string | undefined
  close(): void
}

/** The key-value store behind a client of any cluster that runs its state machine. */
export function kvClientOver(client: Client, kvLimits: Partial<KvLimits> = {}): KvClient {
  const limits = kvLimitsOf(kvLimits)
  const ask =
    (how: 'ask' | 'look') =>
    async (command: KvCommand, call?: CallOptions): Promise<KvResult> => {
      checkCommand(command, limits)
      return withWords(kvResultOf(command, await client[how](command, call)))
    }
  const execute = ask('ask')
  const query = ask('look')

  /** The value of a result, of the kind that its command gives. */
  async function valueAnswered(command: KvCommand, call: ReadOptions | undefined): Promise<KvValue> {
    const result = await (call?.stale ? query : execute)(command, call)
    if (!result.ok) throw new KvResultError(result.error.code, result.error.message ?? result.error.code)
    return result.value
  }

  function methodOf(operation: NamedOperation) {
    const { length } = operation.definition.args
    const options = optionsOf(operation).map(({ make, definition }) => ({ make, name: definition.args.at(-1)!.name }))
    return (...given: readonly unknown[]) => {
      const call = given[length] as (ReadOptions & Readonly<Record<string, unknown>>) | undefined
      const option = call && options.find(({ name }) => call[name] !== undefined)
      const args = given.slice(0, length)
      const command = option
        ? option.make(...([...args, call[option.name]] as never))
        : operation.make(...(args as never))
      return valueAnswered(command as KvCommand, call)
    }
  }

  const methods = Object.fromEntries(askedOps.map(name => [name, methodOf(operationNamed(name))]))
  return {
    ...(methods as unknown as Methods),
    scan: (options = {}) =>
      scanKeys(async (command, call) => (await valueAnswered(command, call)) as KvPage, options, limits),
    execute,
    query,
    get endpoint() {
      return client.endpoint
    },
    status: call => client.status(call),
    close: () => client.close(),
  }
}
