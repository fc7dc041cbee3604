import type { Command } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import { createMembership, type Membership, type Rank } from '../../machines/protocol/membership.ts'
import { ofTheFasterRule } from './faster-configurations.ts'

/** What is explored: who proposes what, and how much may go wrong. Numbers of commands are their places in `commands`. */
export interface Configuration {
  readonly name: string
  readonly about: string
  readonly n: number
  /** The coordinator of each command; all write one key. The second of a replica is proposed after its first. */
  readonly commands: readonly Rank[]
  /** By command: who may begin to recover it. */
  readonly recoverers: readonly (readonly Rank[])[]
  /** By command: how many recoveries may begin, at every recoverer together. */
  readonly recoveries: readonly number[]
  /** Replicas that may stop for ever. */
  readonly crashes: number
  /** Crashes with a restart: what was not durable is forgotten. */
  readonly restarts: number
  /**
   * The faster rule (section 6): a command leaves before it is durable, its index alone is. A restart may forget it, and puts
   * up the barrier.
   */
  readonly faster?: boolean
  /** The barrier is announced once it is executed, and others raise D0 with it (L6). */
  readonly announces?: boolean
  /** Lines of a story that have happened before anything else; see story.ts. */
  readonly start?: readonly string[]
  /** Replicas that do nothing after `start`. */
  readonly silent?: readonly Rank[]
  /** Rules that must have been taken when all was explored, by their names in the statechart's traces. */
  readonly takes: readonly string[]
}

/** The parts of a configuration that every rule needs. */
export interface Setting {
  readonly configuration: Configuration
  readonly membership: Membership
  readonly ids: readonly InstanceId[]
  readonly commands: readonly Command[]
  /** The number of the command of an id. */
  numberOf(id: InstanceId): number
}

export function settingOf(configuration: Configuration): Setting {
  const { n, commands } = configuration
  const membership = createMembership(Array.from({ length: n }, (_, rank) => rank + 1))
  const ids = commands.map((rank, at) => ({
    epoch: membership.epoch,
    rank,
    index: commands.slice(0, at + 1).filter(other => other === rank).length,
  }))
  return {
    configuration,
    membership,
    ids,
    commands: ids.map((_, at) => ({ footprint: { reads: [], writes: ['x'] }, payloads: [new Uint8Array([at])] })),
    numberOf: id => ids.findIndex(each => each.rank === id.rank && each.index === id.index),
  }
}

const [A, B, C, D, E] = [0, 1, 2, 3, 4]

const anyone = [A, B, C]
const pair = {
  n: 3,
  commands: [A, B],
  crashes: 0,
  restarts: 0,
}

/** What three replicas can be brought to: no more, see README.md. */
const allOfThree = [
  ...['3.3 fast', '3.3 slow', '4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5', '4.4 phase guard', '4.5.1', '4.5.3'],
  ...['4.5.3 settled', '4.5.3 late coordinator', '4.5.3 late accept', '4.5.3 late commit'],
]

/** Explored by `npm run explore`, in this order. */
export const configurations: readonly Configuration[] = [
  {
    ...pair,
    name: 'pair',
    about: 'two commands, one recovery of each by anyone',
    recoverers: [anyone, anyone],
    recoveries: [1, 1],
    takes: allOfThree,
  },
  {
    ...pair,
    name: 'twice',
    about: 'two commands, two recoveries of the first, by anyone',
    recoverers: [anyone, []],
    recoveries: [2, 0],
    takes: allOfThree,
  },
  {
    ...pair,
    name: 'crash',
    about: 'two commands, one recovery of the first by anyone, and a replica stops for ever',
    recoverers: [anyone, []],
    recoveries: [1, 0],
    crashes: 1,
    takes: ['4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5', '4.5.1', '4.5.3'],
  },
  {
    ...pair,
    name: 'restart',
    about: 'two commands, one recovery of the first by B or C, and a replica restarts with what was durable',
    recoverers: [[B, C], []],
    recoveries: [1, 0],
    restarts: 1,
    takes: ['4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5', '4.5.1', '4.5.3'],
  },
  {
    ...pair,
    name: 'triple',
    about: 'three commands of three replicas, nobody recovers',
    commands: [A, B, C],
    recoverers: [[], [], []],
    recoveries: [0, 0, 0],
    takes: ['3.3 fast', '3.3 slow'],
  },
  {
    ...pair,
    name: 'third',
    about: 'three commands; X has reached C; B recovers X',
    commands: [A, B, C],
    recoverers: [[B], [], []],
    recoveries: [1, 0, 0],
    start: ['A submits X', 'A>C preAccept X', 'B recovers X'],
    takes: ['3.3 fast', '3.3 slow', '4.3.1', '4.3.3', '4.3.4', '4.4 phase guard', '4.5.1', '4.5.3', '4.5.3 settled'],
  },
  ...ofTheFasterRule,
  {
    name: 'five',
    about: 'five replicas, one command, one recovery by another',
    n: 5,
    commands: [A],
    recoverers: [[C]],
    recoveries: [1],
    crashes: 0,
    restarts: 0,
    takes: ['3.3 fast', '4.3.1', '4.3.3', '4.3.4', '4.3.5', '4.5.1'],
  },
  {
    name: 'contradiction',
    about: 'five replicas: Y is committed on the fast path and nobody knows; A and C have voted X without Y',
    n: 5,
    commands: [A, B],
    recoverers: [
      [C, E],
      [C, E],
    ],
    recoveries: [1, 1],
    crashes: 0,
    restarts: 0,
    start: [
      'A submits X',
      'A>C preAccept X',
      'B submits Y',
      'B>D preAccept Y',
      'B>E preAccept Y',
      'D>B preAcceptOk Y',
      'E>B preAcceptOk Y',
    ],
    silent: [B, D],
    takes: ['4.3.3', '4.3.4', '4.5.1', '4.5.3', '4.5.3 settled'],
  },
  {
    name: 'wait',
    about: 'five replicas: E recovers X, voted by C and D, and waits for Y, voted by E; D makes X Nop; C recovers Y',
    n: 5,
    commands: [A, B],
    recoverers: [[D, E], [C]],
    recoveries: [2, 1],
    crashes: 0,
    restarts: 0,
    start: [
      'A submits X',
      'A>C preAccept X',
      'A>D preAccept X',
      'B submits Y',
      'B>E preAccept Y',
      'E recovers X',
      'E>C recover X',
      'E>D recover X',
      'C>E recoverOk X',
      'D>E recoverOk X',
      'E>C validate X',
      'E>D validate X',
      'C>E validateOk X',
      'D>E validateOk X',
      'D recovers X',
      'D>A recover X',
      'A>D recoverOk X',
      'C recovers Y',
    ],
    silent: [B],
    takes: ['4.5.2', '4.5.3', '4.5.3 settled', '4.5.3 waiting', '4.5.3 invalidated'],
  },
]

/** Small enough for every run of the specs. */
export const quick: Configuration = {
  ...pair,
  name: 'quick',
  about: 'two commands, one recovery of the first by C',
  recoverers: [[C], []],
  recoveries: [1, 0],
  takes: ['3.3 fast', '3.3 slow', '4.3.1', '4.3.2', '4.3.3', '4.3.4', '4.3.5', '4.4 phase guard', '4.5.1', '4.5.3'],
}

/** @throws RangeError for a name that there is not */
export function configurationNamed(name: string): Configuration {
  const found = [...configurations, quick].find(each => each.name === name)
  if (found === undefined)
    throw new RangeError(`no configuration ${name}; there are ${configurations.map(each => each.name).join(', ')}`)
  return found
}
