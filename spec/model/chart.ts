import { initialTransition, transition } from 'xstate'
import type { CommitPath, InstanceContext } from '../../machines/instance/context.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { InstanceMachine, InstanceSnapshot } from '../../machines/instance/machine.ts'
import type { Addressed } from '../../machines/instance/outgoing.ts'
import { initialBallot } from '../../machines/protocol/ballots.ts'
import { noDependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage, Message } from '../../machines/protocol/messages.ts'
import type { Setting } from './configuration.ts'
import { Interned } from './interned.ts'

/** One instance at one replica, as its statechart stands. */
export interface Part {
  readonly value: InstanceSnapshot['value']
  readonly context: InstanceContext
}

/** What the statechart has done besides changing. */
export type Effect =
  | { readonly type: 'say'; readonly to: readonly Rank[]; readonly message: InstanceMessage }
  | { readonly type: 'commit'; readonly path: CommitPath }
  | { readonly type: 'awaitMembers'; readonly members: readonly InstanceId[] }

/** One step of the statechart. */
export interface Turn {
  readonly part: number
  readonly effects: readonly Effect[]
  readonly rule: string | undefined
}

/** `preAccepting` ... of an instance that is not decided. */
export const driveOf = ({ value }: Part): string | undefined =>
  typeof value === 'string' ? undefined : (value.undecided as { drive: string }).drive

/**
 * The instance statechart as a function of numbers: what it does is asked of XState's pure `transition` once, and
 * remembered. Nothing of the protocol is written a second time here.
 */
export class Chart {
  readonly #setting: Setting
  readonly #machine: InstanceMachine
  readonly #parts = new Interned<Part>()
  readonly #turns = new Map<string, Turn>()

  constructor(setting: Setting, machine: InstanceMachine) {
    this.#setting = setting
    this.#machine = machine
  }

  /** Distinct (state, event) pairs that the statechart was asked for. */
  get asked(): number {
    return this.#turns.size
  }

  /** The instance of a command at a replica that has never heard of it. */
  initial(self: Rank, command: number): number {
    const input = { id: this.#setting.ids[command]!, self, quorums: this.#setting.membership.quorums }
    const [{ value, context }] = initialTransition(this.#machine, input)
    return this.number({ value, context })
  }

  part(number: number): Part {
    return this.#parts.value(number)
  }

  /** The number of a part, in its normal form. */
  number(part: Part): number {
    const normal = normalised(part)
    return this.#parts.number(JSON.stringify([normal.value, normal.context]), () => normal)
  }

  step(part: number, event: InstanceEvent): Turn {
    const key = `${part} ${JSON.stringify(event)}`
    let turn = this.#turns.get(key)
    if (turn === undefined) {
      turn = this.#ask(this.part(part), event)
      this.#turns.set(key, turn)
    }
    return turn
  }

  #ask(part: Part, event: InstanceEvent): Turn {
    const before = this.#machine.resolveState({ value: part.value, context: part.context })
    const [after, actions] = transition(this.#machine, before, event)
    const effects: Effect[] = []
    for (const { type, info, params } of actions) {
      const context = info.context as unknown as InstanceContext
      const cause = info.event as unknown as InstanceEvent
      const { self, quorums } = context
      switch (type) {
        case 'reply':
          effects.push(say(['from' in cause ? cause.from : self], params as unknown as Message))
          break
        case 'broadcast':
          effects.push(say(othersThan(self, quorums.n), params as unknown as Message))
          break
        case 'sendTo': {
          const { to, message } = params as unknown as Addressed
          effects.push(say(to, message))
          break
        }
        case 'announceCommit':
          effects.push({ type: 'commit', path: context.path! })
          break
        case 'awaitMembers':
          effects.push({ type: 'awaitMembers', members: context.attempt!.members.map(member => member.id) })
          break
        case 'writeRecord': // What is written is in the part; a step is durable as a whole, see README.md.
        case 'announceTold': // What is executed when is not in the model.
        case 'awaitFastPath': // The wait may end at any time: a step of its own.
        case 'assertSameCommit': // Agreement is checked over all replicas, before a commit is even told.
        case 'xstate.raise': // Its event was part of this step.
          break
        default:
          throw new Error(`the model knows no effect ${type}`)
      }
    }
    return {
      part: this.number({ value: after.value, context: after.context }),
      effects,
      rule: after.context.rule === part.context.rule ? undefined : after.context.rule,
    }
  }
}

const say = (to: readonly Rank[], message: Message): Effect => ({
  type: 'say',
  to,
  message: message as InstanceMessage,
})

export const othersThan = (self: Rank, n: number): Rank[] =>
  Array.from({ length: n }, (_, rank) => rank).filter(rank => rank !== self)

/**
 * Forgets what can have no influence any more, so that states that differ in nothing else are one: how a commit came
 * about, the ballots of what is committed (its replies are judged by phase alone), the replies that an attempt has made
 * its choice from, and the order in which members of I were named.
 */
export function normalised({ value, context }: Part): Part {
  const bare: InstanceContext = { ...context, rule: undefined, path: undefined }
  if (typeof value === 'string') {
    const record = {
      ...context.record,
      bal: initialBallot,
      abal: initialBallot,
      initDep: noDependencies(context.quorums.n),
    }
    return { value, context: { ...bare, record, attempt: undefined } }
  }
  const { attempt } = context
  if (attempt === undefined) return { value, context: bare }
  if (driveOf({ value, context }) === 'accepting') {
    const chosen = {
      ...attempt,
      preAcceptOks: [],
      fastPathGivenUp: false,
      recoverOks: [],
      candidate: undefined,
      validateOks: [],
      members: [],
    }
    return { value, context: { ...bare, attempt: chosen } }
  }
  const byId = (a: { id: InstanceId }, b: { id: InstanceId }) => a.id.rank - b.id.rank || a.id.index - b.id.index
  return {
    value,
    context: {
      ...bare,
      attempt: {
        ...attempt,
        validateOks: attempt.validateOks.map(each => each?.toSorted(byId)),
        members: attempt.members.toSorted(byId),
      },
    },
  }
}
