import { conflict, NOP } from '../../machines/protocol/commands.ts'
import { includes } from '../../machines/protocol/dependencies.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { type ActionCode, actionOf, own, raised, raisedOf } from './actions.ts'
import { packed, unpacked } from './allowance.ts'
import { commandName } from './names.ts'
import type { Replicas, Step } from './replicas.ts'

/**
 * A state of the whole: the numbers of the replicas, then by command what was decided (0, or the value's number + 1),
 * then what may still go wrong, then the messages on their way, in ascending order.
 */
export type State = Int32Array

/** A broken invariant, in words. */
export type Violation = string

/** What comes after a state. */
export interface Successor {
  readonly state: State
  readonly step: Step
  readonly violation: Violation | undefined
}

/** The steps between states of the whole. */
export class World {
  readonly replicas: Replicas
  readonly #silent: readonly Rank[]
  readonly #n: number
  readonly #m: number
  readonly #compatible = new Map<number, boolean>()

  /** @param silent replicas that do nothing */
  constructor(replicas: Replicas, silent: readonly Rank[] = []) {
    this.replicas = replicas
    this.#silent = silent
    this.#n = replicas.setting.configuration.n
    this.#m = replicas.setting.ids.length
  }

  initial(): State {
    const { crashes, restarts, recoveries } = this.replicas.setting.configuration
    const ranks = Array.from({ length: this.#n }, (_, rank) => this.replicas.initial(rank))
    const left = packed({ submitted: 0, crashes, restarts, recoveries: [...recoveries] })
    return Int32Array.of(...ranks, ...new Array<number>(this.#m).fill(0), left)
  }

  /** Where the messages begin. */
  get header(): number {
    return this.#n + this.#m + 1
  }

  /** All that may happen next. */
  actions(state: State): ActionCode[] {
    const { commands, recoverers } = this.replicas.setting.configuration
    const silent = this.#silent
    const { submitted, crashes, restarts, recoveries } = unpacked(state[this.#n + this.#m]!, this.#m)
    const codes: ActionCode[] = []
    for (let at = this.header; at < state.length; at++) {
      if (silent.length === 0 || !silent.includes(this.#receiver(state[at]!))) codes.push(state[at]!)
    }
    for (let command = 0; command < this.#m; command++) {
      const coordinator = commands[command]!
      const isMine = !silent.includes(coordinator)
      if (((submitted >> command) & 1) === 0) {
        const earlier = commands.findIndex((rank, at) => rank === coordinator && ((submitted >> at) & 1) === 0)
        if (isMine && earlier === command && this.#isUp(state, coordinator))
          codes.push(own('submit', coordinator, command), ...this.#raised(state, coordinator, command))
        continue
      }
      if (isMine && this.replicas.mayGiveUp(state[coordinator]!, command))
        codes.push(own('giveUp', coordinator, command))
      if (recoveries[command]! > 0) {
        for (const rank of recoverers[command]!) {
          if (!silent.includes(rank) && this.replicas.undecided(state[rank]!).includes(command))
            codes.push(own('recover', rank, command))
        }
      }
    }
    for (let rank = 0; rank < this.#n; rank++) {
      if (silent.includes(rank) || !this.#isUp(state, rank)) continue
      if (this.replicas.mayLift(state[rank]!, [...state.subarray(0, this.#n)])) codes.push(own('lift', rank))
      if (crashes > 0) codes.push(own('crash', rank))
      if (restarts > 0) {
        const volatile = this.replicas.volatile(state[rank]!)
        for (let lost = volatile; ; lost = (lost - 1) & volatile) {
          codes.push(own('restart', rank, lost))
          if (lost === 0) break
        }
      }
    }
    return codes
  }

  /** The same with D0 raised to a barrier that another has announced, as far as it is decided here (rule 7.3). */
  #raised(state: State, coordinator: Rank, command: number): ActionCode[] {
    if (this.replicas.setting.configuration.announces !== true) return []
    const codes: ActionCode[] = []
    for (let of = 0; of < this.#n; of++) {
      const barrier = of === coordinator ? 0 : this.replicas.announced(state[of]!)
      if (barrier > 0 && this.replicas.hasCommitted(state[coordinator]!, of, barrier))
        codes.push(own('submitRaised', coordinator, raised({ command, of, barrier })))
    }
    return codes
  }

  /** What the action leads to; undefined when it changes nothing (its rules are told to `dropped`). */
  after(state: State, code: ActionCode, dropped?: (step: Step) => void): Successor | undefined {
    const action = actionOf(code)
    const rank = action.type === 'deliver' ? this.#receiver(action.message) : action.rank
    const step = this.replicas.step(state[rank]!, code)
    const isNothing = step.replica === state[rank] && action.type !== 'restart'
    if (isNothing && step.sent.every(message => this.#isKnown(state, message))) {
      dropped?.(step)
      return undefined
    }
    const head = state.slice(0, this.header)
    head[rank] = step.replica
    if (action.type !== 'deliver') head[this.#n + this.#m] = this.#spent(state[this.#n + this.#m]!, action)
    if (action.type === 'restart' && unpacked(head[this.#n + this.#m]!, this.#m).restarts === 0)
      for (let each = 0; each < this.#n; each++) head[each] = this.replicas.settled(head[each]!)
    const violation = this.#decide(head, step)
    return { state: this.#withMessages(state, head, step.sent), step, violation }
  }

  #receiver(message: number): number {
    return this.replicas.post.posted(message).to
  }

  #isUp(state: State, rank: number): boolean {
    return this.replicas.replica(state[rank]!).isUp
  }

  /** On its way already, or nothing to its receiver. */
  #isKnown(state: State, message: number): boolean {
    return state.indexOf(message, this.header) >= 0 || !this.replicas.matters(state[this.#receiver(message)]!, message)
  }

  #spent(left: number, action: Exclude<ReturnType<typeof actionOf>, { type: 'deliver' }>): number {
    const allowance = unpacked(left, this.#m)
    if (action.type === 'submit') allowance.submitted |= 1 << action.what
    if (action.type === 'submitRaised') allowance.submitted |= 1 << raisedOf(action.what).command
    if (action.type === 'recover') allowance.recoveries[action.what]!--
    if (action.type === 'crash') allowance.crashes--
    if (action.type === 'restart') allowance.restarts--
    return packed(allowance)
  }

  /** Notes what was decided. Agreement: the same everywhere, for ever. Visibility: conflicting commands know each other. */
  #decide(head: State, { commits }: Step): Violation | undefined {
    for (const { command, value } of commits) {
      const decided = head[this.#n + command]!
      if (decided !== 0 && decided !== value + 1)
        return `Agreement: ${commandName(command)} is decided as ${this.#text(decided - 1)}, and now as ${this.#text(value)}`
      head[this.#n + command] = value + 1
      for (let other = 0; other < this.#m; other++) {
        const decidedOther = head[this.#n + other]!
        if (other !== command && decidedOther !== 0 && !this.#seeEachOther(command, value, other, decidedOther - 1))
          return `visibility: neither of ${commandName(command)} ${this.#text(value)} and ${commandName(other)} ${this.#text(decidedOther - 1)} depends on the other`
      }
    }
    return undefined
  }

  #seeEachOther(a: number, valueOfA: number, b: number, valueOfB: number): boolean {
    const key = ((valueOfA * 4096 + valueOfB) * 4 + a) * 4 + b
    let known = this.#compatible.get(key)
    if (known === undefined) {
      const { ids } = this.replicas.setting
      const [one, two] = [this.replicas.value(valueOfA), this.replicas.value(valueOfB)]
      const isNop = one.cmd === undefined || two.cmd === undefined || one.cmd === NOP || two.cmd === NOP
      known =
        isNop ||
        !conflict(one.cmd.footprint, two.cmd.footprint) ||
        includes(one.dep, ids[b]!.rank, ids[b]!.index) ||
        includes(two.dep, ids[a]!.rank, ids[a]!.index)
      this.#compatible.set(key, known)
    }
    return known
  }

  #text(value: number): string {
    const { cmd, dep } = this.replicas.value(value)
    return cmd === NOP ? 'Nop' : `the command after {${dep}}`
  }

  /** Those on their way and those just sent that can still matter where they go. */
  #withMessages(state: State, head: State, sent: readonly number[]): State {
    const all = new Int32Array(state.length + sent.length)
    all.set(head)
    let length = this.header
    let next = 0
    const keep = (message: number): void => {
      if (this.replicas.matters(head[this.#receiver(message)]!, message)) all[length++] = message
    }
    for (let at = this.header; at < state.length; at++) {
      const message = state[at]!
      while (next < sent.length && sent[next]! < message) keep(sent[next++]!)
      if (sent[next] === message) next++
      keep(message)
    }
    while (next < sent.length) keep(sent[next++]!)
    return all.slice(0, length)
  }
}
