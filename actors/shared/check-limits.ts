import { envelopeBytesMax } from '../../machines/protocol/envelope.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { Bounds } from '../../machines/protocol/shape.ts'
import { defaultLimits, type Limits } from './limits.ts'

/** Limits of which none is a value, too. */
export const mayBeZero: ReadonlySet<string> = new Set([
  'digestIntervalMs',
  'commitDelayMs',
  'voteDelayMs',
  'paceRoundTripMaxMs',
  'reservedIndices',
  'readsWaitingMax',
  'recordsKept',
  'recordsKeptBytes',
] satisfies readonly (keyof Limits)[])

/** A limit that is no limit, or contradicts another: nothing starts with it. */
export class LimitsError extends EpaxosError<'badLimits'> {
  constructor(message: string) {
    super('badLimits', message)
  }
}

/**
 * The whole table: the limits that are given, and the defaults of the others. One that is `undefined` is not given.
 * @throws LimitsError for a name that is none, and for a value that is no positive whole number, or 0 where 0 says none
 */
export function completeLimits<L extends object>(
  defaults: L,
  given: Partial<L> | undefined,
  zeros: ReadonlySet<string> = mayBeZero,
): L {
  const all: Record<string, unknown> = { ...(defaults as Readonly<Record<string, unknown>>) }
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue
    if (!Object.hasOwn(defaults, name)) throw new LimitsError(`'${name}' is no limit`)
    const what = wrongWith(name, value, zeros)
    if (what !== undefined) throw new LimitsError(`${name} should be ${what}, not ${shown(value)}`)
    all[name] = value
  }
  return all as L
}

/** What was expected of a limit, if this is not it. */
export function wrongWith(name: string, value: unknown, zeros: ReadonlySet<string> = mayBeZero): string | undefined {
  const isZero = zeros.has(name)
  if (!Number.isSafeInteger(value) || Number(value) < (isZero ? 0 : 1))
    return isZero ? 'a positive whole number or 0' : 'a positive whole number'
  return undefined
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

type Name = keyof Limits & string
/** `[a, b, why]`: limit a is at least b, which is a limit or is made of some. */
type AtLeast = readonly [
  limit: Name,
  least: Name | { readonly of: (limits: Limits) => number; readonly words: string },
  why: string,
]

/** A name of a session with its mark, or a digest: the longest keys that replicas make themselves. */
const ownKeyBytes = 128
/** What a message adds to the bytes in it. */
const messageBytes = 1_024

const relations: readonly AtLeast[] = [
  ['keyBytesMax', { of: () => ownKeyBytes, words: `${ownKeyBytes}` }, 'the names of sessions are keys, too'],
  ['footprintKeysMax', { of: () => 2, words: '2' }, 'one key of a command is its session'],
  [
    'payloadBytesMax',
    { of: limits => envelopeBytesMax(limits.keyBytesMax) + messageBytes, words: 'keyBytesMax + 1,088' },
    'the name of the session travels beside the command',
  ],
  ['payloadBytesMax', 'snapshotChunkBytes', 'a part of a snapshot travels as one'],
  [
    'frameBytesMax',
    {
      of: limits => limits.payloadBytesMax + limits.batchBytesMax + messageBytes,
      words: 'payloadBytesMax + batchBytesMax + 1,024',
    },
    'a batch travels in one frame',
  ],
  [
    'clientFrameBytesMax',
    { of: limits => limits.payloadBytesMax + messageBytes, words: 'payloadBytesMax + 1,024' },
    'a command, and an answer, travel in one frame',
  ],
  ['linkQueueBytesMax', 'frameBytesMax', 'else no full frame ever leaves'],
  ['clientQueueBytesMax', 'clientFrameBytesMax', 'else no full frame ever leaves'],
  [
    'suspicionMs',
    { of: limits => 2 * limits.heartbeatIntervalMs, words: 'twice heartbeatIntervalMs' },
    'else live replicas are suspected',
  ],
  ['retransmitDelayMaxMs', 'retransmitDelayMs', 'the delay begins below its cap'],
  ['recoveryDelayMaxMs', 'recoveryDelayMs', 'the delay begins below its cap'],
  ['reconnectDelayMaxMs', 'reconnectDelayMs', 'the delay begins below its cap'],
  ['snapshotBytesMax', 'snapshotChunkBytes', 'a snapshot has a part at least'],
]

/** Limits that a state machine and a membership need; what is left out needs nothing. */
export interface LimitsNeeded {
  readonly members?: number | undefined
  /** The largest command of the state machine, and its longest key. */
  readonly commandBytesMax?: number | undefined
  readonly keyBytesMax?: number | undefined
}

/**
 * The whole table of a replica. A part of a snapshot is no larger than a payload may be, unless both are given.
 * @throws LimitsError for one that is no limit, contradicts another, or is less than what it is for
 */
export function limitsOf(given: Partial<Limits> | undefined, needed: LimitsNeeded): Limits {
  const all = completeLimits(defaultLimits, given)
  const snapshotChunkBytes = given?.snapshotChunkBytes ?? Math.min(all.snapshotChunkBytes, all.payloadBytesMax)
  const limits = { ...all, snapshotChunkBytes }
  checkLimits(limits, needed)
  return limits
}

/**
 * Checks limits against each other, and against what they are for. Called before anything of a replica is made.
 * @throws LimitsError that names both sides
 */
export function checkLimits(limits: Limits, { members = 1, commandBytesMax = 0, keyBytesMax = 0 }: LimitsNeeded): void {
  for (const [name, least, why] of relations) {
    const [value, words] =
      typeof least === 'string'
        ? [limits[least], `${least}, which is ${limits[least]}`]
        : [least.of(limits), least.words]
    if (limits[name] < value) throw new LimitsError(`${name} is ${limits[name]}, less than ${words}: ${why}`)
  }
  for (const name of readBounds)
    if (limits[name] > ceilings[name])
      throw new LimitsError(
        `${name} is ${limits[name]}, more than ${ceilings[name]}: no replica could read what this one takes in`,
      )
  const { membersMax, payloadBytesMax } = limits
  if (membersMax < members) throw new LimitsError(`membersMax is ${membersMax}, and there are ${members} members`)
  if (limits.keyBytesMax < keyBytesMax)
    throw new LimitsError(
      `keyBytesMax is ${limits.keyBytesMax}, and the state machine has keys of ${keyBytesMax} bytes`,
    )
  const needed = commandBytesMax + envelopeBytesMax(limits.keyBytesMax)
  if (payloadBytesMax < needed)
    throw new LimitsError(
      `payloadBytesMax is ${payloadBytesMax}, and the state machine has commands that need ${needed} bytes`,
    )
}

/** What is read is bounded by these. */
const readBounds = [
  'membersMax',
  'keyBytesMax',
  'payloadBytesMax',
  'batchCommandsMax',
  'footprintKeysMax',
  'idsMax',
  'textBytesMax',
  'frameMessagesMax',
  'frameBytesMax',
] as const satisfies readonly (keyof Bounds)[]

/** So many times its default such a limit may be. */
const ceilingFactor = 4

/** The highest that each of them may be. Members have numbers of one digit (`membersMax` has no other value). */
const ceilings = Object.fromEntries(
  readBounds.map(name => [name, defaultLimits[name] * (name === 'membersMax' ? 1 : ceilingFactor)]),
) as unknown as Bounds

/**
 * The bounds within which a replica reads messages and its own records: the highest that any limits allow, whatever its own
 * are. So a limit bounds what is taken in from now on, and may go up and down from life to life and differ between
 * replicas; what was taken in before, or by another replica, is read and executed. A limit above its ceiling is refused at
 * the start.
 */
export const boundsToRead: Bounds = ceilings
