import { readFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import {
  defaultCluster,
  defaultLimits,
  type Limits,
  LimitsError,
  limitsOf as limitsFor,
  wrongWith,
} from '../../index.ts'
import { defaultKvLimits, type KvLimits, kvLimitsOf, largestOf } from '../kv/validation.ts'
import { UsageError } from './exit.ts'
import { type Members, parseMembers } from './members.ts'
import { type DoorFlags, doorFields, doorsOf, type ServeDoors } from './serve-doors.ts'

/** What `serve` needs to know, from its flags or from a JSON file of the same names; flags come first. */
export interface ServeConfig extends ServeDoors {
  readonly id: number
  readonly members: Members
  readonly data: string
  readonly cluster: string
  readonly bootstrap: boolean
  /** A file of `epaxos backup`. */
  readonly restore: string | undefined
  /** Nobody may look. */
  readonly noTap: boolean
  /** With it debuggers may look from other machines. */
  readonly tapToken: string | undefined
  /** Debuggers are shown what commands say. */
  readonly showValues: boolean
  readonly limits: Limits
  readonly kvLimits: KvLimits
}

export interface ServeFlags extends DoorFlags {
  readonly id?: number
  readonly members?: Members
  readonly data?: string
  readonly cluster?: string
  readonly bootstrap?: true
  readonly restore?: string
  /** commander's name for `--no-tap`. */
  readonly tap?: boolean
  readonly tapToken?: string
  readonly showValues?: true
  readonly config?: string
  readonly untilStdinEnds?: true
  /** The descriptor that events go to. */
  readonly events?: number
  /** The descriptor of a socket that listens already. */
  readonly listenFd?: number
}

type Fields = Readonly<Record<string, unknown>>
const names: readonly string[] = [
  'id',
  'members',
  'data',
  'cluster',
  'bootstrap',
  'restore',
  'noTap',
  'tapToken',
  'showValues',
  'limits',
  ...doorFields,
]

/**
 * The whole configuration.
 * @throws UsageError that names the flag or the field at fault
 */
export function serveConfig(flags: ServeFlags): ServeConfig {
  const file = flags.config === undefined ? {} : readFields(flags.config)
  const where = flags.config === undefined ? '' : ` or in ${flags.config}`
  const missing = (name: string): never => {
    throw new UsageError(`--${name} is missing on the command line${where}`)
  }
  const members = flags.members ?? membersOf(file, flags.config) ?? missing('members')
  const id = flags.id ?? field(file, flags.config, 'id', isMemberId, 'a positive whole number') ?? missing('id')
  if (!members.has(id)) {
    throw new UsageError(`--id ${id} is no member: the members are ${[...members.keys()].join(', ')}`)
  }
  if (members.size > 9) throw new UsageError(`there are ${members.size} members, 1 to 9 are possible`)
  const { limits, kvLimits } = limitsOf(file, flags.config, members.size)
  const bootstrap = flags.bootstrap ?? field(file, flags.config, 'bootstrap', isFlag, 'true or false') ?? false
  const restore = flags.restore ?? field(file, flags.config, 'restore', isName, 'a path')
  if (restore !== undefined && !bootstrap)
    throw new UsageError('--restore begins a new cluster: it goes with --bootstrap, at each of its replicas')
  return {
    id,
    members,
    data: flags.data ?? field(file, flags.config, 'data', isName, 'a path') ?? missing('data'),
    cluster: flags.cluster ?? field(file, flags.config, 'cluster', isName, 'a name') ?? defaultCluster,
    bootstrap,
    restore,
    noTap: flags.tap === false || (field(file, flags.config, 'noTap', isFlag, 'true or false') ?? false),
    tapToken: flags.tapToken ?? field(file, flags.config, 'tapToken', isName, 'a text'),
    showValues: flags.showValues ?? field(file, flags.config, 'showValues', isFlag, 'true or false') ?? false,
    limits,
    kvLimits,
    ...doorsOf(flags, file, flags.config),
  }
}

/** @throws UsageError when `serve --config` would refuse what a file says of limits */
export function checkLimits(path: string): void {
  limitsOf(readFields(path), path)
}

const isMemberId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0
const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readFields(path: string): Fields {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`--config ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  if (!isObject(content)) throw new UsageError(`--config ${path}: a JSON object was expected`)
  for (const name of Object.keys(content)) {
    if (!names.includes(name)) {
      throw new UsageError(`--config ${path}: '${name}' is no setting; there are ${names.join(', ')}`)
    }
  }
  return content
}

function field<T>(
  file: Fields,
  path: string | undefined,
  name: string,
  is: (value: unknown) => value is T,
  expected: string,
): T | undefined {
  const value = file[name]
  if (value === undefined || is(value)) return value
  throw new UsageError(`--config ${path}: '${name}' should be ${expected}, not ${JSON.stringify(value)}`)
}

/** As text, like the flag, or as an object: `{ "1": "ws://..." }`. */
function membersOf(file: Fields, path: string | undefined): Members | undefined {
  const { members } = file
  if (members === undefined) return undefined
  const text = isObject(members) ? Object.entries(members).map(pair => pair.join('=')) : [members]
  try {
    return parseMembers(text.join(','))
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new UsageError(`--config ${path}: 'members': ${error.message}`, { cause: error })
  }
}

/** Limits whose names begin alike. */
function nearTo(name: string): string {
  const stem = name.slice(0, 4).toLowerCase()
  const all = Object.keys({ ...defaultLimits, ...defaultKvLimits })
  const near = all.filter(each => each.toLowerCase().startsWith(stem))
  return near.length === 0 ? '' : `; there are ${near.join(', ')}`
}

/** Any row of the table of limits, and the sizes of the store's keys and values. */
function limitsOf(file: Fields, path: string | undefined, members?: number): { limits: Limits; kvLimits: KvLimits } {
  const given = field(file, path, 'limits', isObject, 'an object') ?? {}
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name) && !Object.hasOwn(defaultKvLimits, name)) {
      throw new UsageError(
        `--config ${path}: 'limits.${name}' is no limit${nearTo(name)}; actors/shared/LIMITS.md lists all`,
      )
    }
    const expected = wrongWith(name, value)
    if (expected !== undefined)
      throw new UsageError(`--config ${path}: 'limits.${name}' should be ${expected}, not ${JSON.stringify(value)}`)
  }
  const pick = <T extends object>(defaults: T): Partial<T> =>
    Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(defaults, name))) as Partial<T>
  try {
    const kvLimits = kvLimitsOf(pick(defaultKvLimits))
    return { limits: limitsFor(pick(defaultLimits), { members, ...largestOf(kvLimits) }), kvLimits }
  } catch (error) {
    if (!(error instanceof LimitsError)) throw error
    throw new UsageError(`${path === undefined ? '' : `--config ${path}: `}limits: ${error.message}`, { cause: error })
  }
}
