import { initialTransition, transition } from 'xstate'
import type { InstanceContext } from '../../machines/instance/context.ts'
import { type Effect, effectsOf, isEffect } from '../../machines/instance/effects.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { InstanceMachine, InstanceSnapshot } from '../../machines/instance/machine.ts'
import { type Circumstances, everybody } from '../../machines/protocol/addressing.ts'
import { initialBallot } from '../../machines/protocol/ballots.ts'
import { noDependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Setting } from './configuration.ts'
import { Interned } from './interned.ts'

/** One instance at one replica, as its statechart stands. */
export interface Part {
  readonly value: InstanceSnapshot['value']
  readonly context: InstanceContext
}

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
    const { self, quorums } = part.context
    const effects = actions.flatMap(({ type, info, params }) => {
      if (withoutEffect.has(type)) return []
      if (!isEffect(type)) throw new Error(`the model knows no effect ${type}`)
      const scope = {
        context: info.context as unknown as InstanceContext,
        event: info.event as unknown as InstanceEvent,
      }
      return effectsOf(type, scope, params, simplest(self, quorums.n))
    })
    return {
      part: this.number({ value: after.value, context: after.context }),
      effects,
      rule: after.context.rule === part.context.rule ? undefined : after.context.rule,
    }
  }
}

/** Agreement is checked over all replicas, before a commit is even told; the event of a raise was part of its step. */
const withoutEffect: ReadonlySet<string> = new Set(['assertSameCommit', 'xstate.raise'])

/** The simple rule, with payloads for all and everybody in a hurry: what the rest spares changes nothing that anybody can see. */
const simplest = (self: Rank, n: number): Circumstances => ({
  self,
  n,
  isReserved: () => false,
  awaitedForPreAccept: () => everybody,
  awaitedForAccept: () => everybody,
  mute: () => 0,
  heldBy: () => 0,
})

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
