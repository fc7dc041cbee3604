import { initialBallot } from '../../machines/protocol/ballots.ts'
import { NOP, type Value } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import type { Record } from '../../machines/protocol/record.ts'
import { type ActionCode, actionOf, own, raised, raisedOf } from './actions.ts'
import type { Part } from './chart.ts'
import type { Setting } from './configuration.ts'
import type { Replicas } from './replicas.ts'
import { imageOf, type Permutation } from './symmetry.ts'
import type { State } from './world.ts'

/** One exchange, as it changes everything that a state is made of. */
export class Exchange {
  readonly to: Permutation
  readonly #replicas: Replicas
  readonly #setting: Setting
  readonly #ofReplica: number[] = []
  readonly #ofMessage: number[] = []
  readonly #ofValue: number[] = []
  readonly #ofCommand: readonly number[]

  constructor(replicas: Replicas, to: Permutation) {
    this.to = to
    this.#replicas = replicas
    this.#setting = replicas.setting
    const { commands } = this.#setting.configuration
    this.#ofCommand = commands.map((_, command) => imageOf(commands, to, command))
  }

  /** The state after the exchange. */
  state(state: State): State {
    const n = this.to.length
    const m = this.#ofCommand.length
    const moved = new Int32Array(state.length)
    for (let rank = 0; rank < n; rank++) moved[this.to[rank]!] = this.#replica(state[rank]!)
    for (let command = 0; command < m; command++) {
      const value = state[n + command]!
      moved[n + this.#ofCommand[command]!] = value === 0 ? 0 : this.#value(value - 1) + 1
    }
    moved[n + m] = this.#left(state[n + m]!)
    for (let at = n + m + 1; at < state.length; at++) moved[at] = this.#posted(state[at]!)
    moved.subarray(n + m + 1).sort()
    return moved
  }

  /** The action after the exchange. A restart keeps its lost commits by command. */
  action(code: ActionCode): ActionCode {
    const action = actionOf(code)
    if (action.type === 'deliver') return this.#posted(action.message)
    const rank = this.to[action.rank]!
    switch (action.type) {
      case 'crash':
      case 'lift':
        return own(action.type, rank)
      case 'submitRaised': {
        const { command, of, barrier } = raisedOf(action.what)
        return own('submitRaised', rank, raised({ command: this.#ofCommand[command]!, of: this.to[of]!, barrier }))
      }
      case 'restart':
        return own('restart', rank, this.#bits(action.what))
      default:
        return own(action.type, rank, this.#ofCommand[action.what]!)
    }
  }

  #bits(commands: number): number {
    return this.#ofCommand.reduce((bits, image, command) => bits | (((commands >> command) & 1) << image), 0)
  }

  #posted(number: number): number {
    this.#ofMessage[number] ??= this.#moveMessage(number)
    return this.#ofMessage[number]
  }

  #moveMessage(number: number): number {
    const { from, to, message } = this.#replicas.post.posted(number)
    return this.#replicas.post.number(this.to[from]!, this.to[to]!, this.#message(message))
  }

  #left(bits: number): number {
    let moved = bits & 0xf0
    this.#ofCommand.forEach((image, command) => {
      moved |= ((bits >> command) & 1) << image
      moved |= ((bits >> (8 + 3 * command)) & 7) << (8 + 3 * image)
    })
    return moved
  }

  #replica(number: number): number {
    this.#ofReplica[number] ??= this.#moveReplica(number)
    return this.#ofReplica[number]
  }

  #moveReplica(number: number): number {
    const replica = this.#replicas.replica(number)
    const { chart } = this.#replicas
    const moved = <T>(all: readonly T[], of: (each: T) => T): T[] => {
      const result: T[] = []
      all.forEach((each, command) => {
        result[this.#ofCommand[command]!] = of(each)
      })
      return result
    }
    const part = (each: number) => (each < 0 ? each : chart.number(this.#part(chart.part(each))))
    return this.#replicas.number({
      ...replica,
      self: this.to[replica.self]!,
      parts: moved(replica.parts, part),
      before: moved(replica.before, part),
      heard: moved(replica.heard, each => each),
      learnt: this.#bits(replica.learnt),
    })
  }

  #value(number: number): number {
    this.#ofValue[number] ??= this.#replicas.valueOf(this.#record(this.#replicas.value(number)))
    return this.#ofValue[number]
  }

  #part({ value, context }: Part): Part {
    const { attempt } = context
    return {
      value,
      context: {
        ...context,
        id: this.#id(context.id),
        self: this.to[context.self]!,
        record: this.#record(context.record),
        attempt: attempt && {
          ...attempt,
          ballot: this.#ballot(attempt.ballot),
          preAcceptOks: this.#byRank(attempt.preAcceptOks, dep => this.#dep(dep)),
          acceptOks: this.to.reduce((bits, rank, at) => bits | (((attempt.acceptOks >> at) & 1) << rank), 0),
          recoverOks: this.#byRank(attempt.recoverOks, reply => this.#message(reply) as typeof reply),
          candidate: attempt.candidate && {
            ...attempt.candidate,
            cmd: this.#cmd(attempt.candidate.cmd) as typeof attempt.candidate.cmd,
            dep: this.#dep(attempt.candidate.dep),
            quorum: attempt.candidate.quorum.map(rank => this.to[rank]!).sort(),
          },
          validateOks: this.#byRank(attempt.validateOks, all => all.map(each => ({ ...each, id: this.#id(each.id) }))),
          members: attempt.members.map(each => ({ ...each, id: this.#id(each.id) })),
        },
      },
    }
  }

  #byRank<T>(all: readonly (T | undefined)[], of: (each: T) => T): (T | undefined)[] {
    const moved: (T | undefined)[] = []
    all.forEach((each, rank) => {
      if (each !== undefined) moved[this.to[rank]!] = of(each)
    })
    return moved
  }

  #message(message: InstanceMessage): InstanceMessage {
    const moved: { [field: string]: unknown } = { ...message, id: this.#id(message.id) }
    if ('bal' in message) moved.bal = this.#ballot(message.bal)
    if ('abal' in message) moved.abal = this.#ballot(message.abal)
    if ('cmd' in message) moved.cmd = this.#cmd(message.cmd)
    if ('dep' in message) moved.dep = this.#dep(message.dep)
    if ('initDep' in message) moved.initDep = this.#dep(message.initDep)
    if (message.type === 'validateOk')
      moved.invalidating = message.invalidating.map(each => ({ ...each, id: this.#id(each.id) }))
    return moved as unknown as InstanceMessage
  }

  #record(record: Record): Record {
    return {
      ...record,
      bal: this.#ballot(record.bal),
      abal: this.#ballot(record.abal),
      cmd: this.#cmd(record.cmd),
      initCmd: this.#cmd(record.initCmd) as Record['initCmd'],
      dep: this.#dep(record.dep),
      initDep: this.#dep(record.initDep),
    }
  }

  #id(id: InstanceId): InstanceId {
    return { ...id, rank: this.to[id.rank]! }
  }

  #ballot(ballot: number): number {
    const n = this.to.length
    return ballot === initialBallot ? ballot : ballot - (ballot % n) + this.to[ballot % n]!
  }

  #cmd(value: Value | undefined): Value | undefined {
    if (value === undefined || value === NOP) return value
    return this.#setting.commands[this.#ofCommand[this.#setting.commands.indexOf(value)]!]
  }

  #dep(dep: Dependencies): Dependencies {
    const moved = dep.slice()
    dep.forEach((index, rank) => {
      moved[this.to[rank]!] = index
    })
    return moved
  }
}
