import { judgePreAccepts } from '../../machines/protocol/fast-path.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import { type ActionCode, actionOf, raisedOf } from './actions.ts'
import { Chart, driveOf, type Part } from './chart.ts'
import type { Setting } from './configuration.ts'
import { Interned } from './interned.ts'
import { Post } from './post.ts'
import { canMatter } from './relevance.ts'
import { Turning } from './turning.ts'
import type { Variant } from './variant.ts'

/** All that one replica knows, by command. */
export interface Replica {
  readonly self: Rank
  readonly isUp: boolean
  /** Its instances, as parts of the chart. */
  readonly parts: readonly number[]
  /** Commands whose payload is in the conflict index, as bits: an entry outlives its record's payload (section 8). */
  readonly learnt: number
  /** The highest k of every `waiting` that was heard. */
  readonly heard: readonly number[]
  /** What a restart would find instead of a commit that is not durable yet; -1 when the part itself is durable. */
  readonly before: readonly number[]
  /** A restart of some replica may still come. */
  readonly mayRestart: boolean
  /** The faster rule: the highest own index that was given away, and the restart barrier; 0: none. */
  readonly given: number
  readonly barrier: number
}

/** What an action does at one replica. */
export interface Step {
  readonly replica: number
  /** Messages, by number, in ascending order. */
  readonly sent: readonly number[]
  /** Rules of [the protocol](../../machines/protocol/README.md) that were taken. */
  readonly rules: readonly string[]
  readonly commits: readonly { readonly command: number; readonly value: number }[]
}

/** What a replica with a number does, and what it may do: asked once each, and remembered. */
export class Replicas {
  readonly setting: Setting
  readonly chart: Chart
  readonly post = new Post()
  readonly #replicas = new Interned<Replica>()
  /** Values that were decided, as committed records. */
  readonly #values = new Interned<Part['context']['record']>()
  readonly #variant: Variant
  readonly #steps: Map<ActionCode, Step>[] = []
  readonly #matters: Map<number, boolean>[] = []
  readonly #undecidedOf: (readonly number[])[] = []

  constructor(setting: Setting, variant: Variant) {
    this.setting = setting
    this.chart = new Chart(setting, variant.machine)
    this.#variant = variant
  }

  get size(): number {
    return this.#replicas.size
  }

  replica(number: number): Replica {
    return this.#replicas.value(number)
  }

  number(replica: Replica): number {
    const { self, isUp, parts, learnt, heard, before, mayRestart, given, barrier } = replica
    if (!isUp) return this.#replicas.number(`${self} down`, () => replica)
    const key = `${self} ${parts} ${learnt} ${heard} ${mayRestart ? `${before} ${given}` : ''} ${barrier}`
    return this.#replicas.number(key, () => replica)
  }

  initial(self: Rank): number {
    const { commands, restarts } = this.setting.configuration
    return this.number({
      self,
      isUp: true,
      parts: commands.map((_, command) => this.chart.initial(self, command)),
      learnt: 0,
      heard: commands.map(() => 0),
      before: commands.map(() => -1),
      mayRestart: restarts > 0,
      given: 0,
      barrier: 0,
    })
  }

  /** A decided value. */
  value(number: number) {
    return this.#values.value(number)
  }

  valueOf(record: Part['context']['record']): number {
    const { cmd, dep } = record
    return this.#values.number(JSON.stringify([cmd, dep]), () => record)
  }

  step(replica: number, code: ActionCode): Step {
    this.#steps[replica] ??= new Map()
    const known = this.#steps[replica]
    let step = known.get(code)
    if (step === undefined) {
      step = this.perform(replica, code)
      known.set(code, step)
    }
    return step
  }

  /** The same, whether it was done before or not. */
  perform(number: number, code: ActionCode, told?: Turning['told']): Step {
    const turning = new Turning(this, this.replica(number), this.#variant, told)
    const action = actionOf(code)
    switch (action.type) {
      case 'deliver':
        turning.deliver(this.post.posted(action.message))
        break
      case 'submit':
        turning.submit(action.what)
        break
      case 'submitRaised': {
        const { command, of, barrier } = raisedOf(action.what)
        turning.submit(command, { of, barrier })
        break
      }
      case 'lift':
        turning.lift()
        break
      case 'recover':
        turning.recover(action.what)
        break
      case 'giveUp':
        turning.giveUp(action.what)
        break
      case 'restart':
        turning.restart(action.what)
        break
      case 'crash':
        turning.crash()
        break
    }
    return turning.end()
  }

  /** Delivering the message here may do something, now or later. */
  matters(replica: number, message: number): boolean {
    this.#matters[replica] ??= new Map()
    const known = this.#matters[replica]
    let matters = known.get(message)
    if (matters === undefined) {
      matters = this.#mayMatter(this.replica(replica), message)
      known.set(message, matters)
    }
    return matters
  }

  #mayMatter({ isUp, parts, before, heard, mayRestart, self }: Replica, number: number): boolean {
    const posted = this.post.posted(number)
    const command = this.setting.numberOf(posted.message.id)
    if (!isUp || self !== posted.to) return false
    return canMatter(
      {
        part: this.chart.part(parts[command]!),
        before: before[command]! < 0 ? undefined : this.chart.part(before[command]!),
        mayRestart,
        heard: heard[command]!,
        waitingThreshold: this.setting.membership.quorums.waitingThreshold,
        countsRepeats: this.#variant.countsRepeats ?? false,
      },
      posted,
    )
  }

  /** Commands of which the replica has not committed the instance. */
  undecided(replica: number): readonly number[] {
    this.#undecidedOf[replica] ??= this.#undecided(this.replica(replica))
    return this.#undecidedOf[replica]
  }

  #undecided({ isUp, parts }: Replica): readonly number[] {
    if (!isUp) return []
    return parts.flatMap((part, command) =>
      this.chart.part(part).context.record.phase === 'committed' ? [] : [command],
    )
  }

  /**
   * The coordinator waits for the fast path, and may stop (rule 3.3). To stop before a slow quorum has answered is the
   * same as to stop when it has: nothing is decided in between.
   */
  mayGiveUp(replica: number, command: number): boolean {
    const { isUp, parts } = this.replica(replica)
    const part = this.chart.part(parts[command]!)
    const { attempt, record, quorums } = part.context
    if (!isUp || attempt === undefined || driveOf(part) !== 'preAccepting') return false
    return judgePreAccepts(attempt.preAcceptOks, record.initDep, quorums, 0, attempt.fastPathGivenUp) === 'undecided'
  }

  /** Whether the replica knows the commits of all ids of a rank up to a barrier. */
  hasCommitted(replica: number, of: Rank, barrier: number): boolean {
    const undecided = this.undecided(replica)
    return this.setting.ids.every(
      ({ rank, index }, command) => rank !== of || index > barrier || !undecided.includes(command),
    )
  }

  /** The restart barrier of the replica, if it has announced one: all up to it is executed there (rule 7.3). */
  announced(replica: number): number {
    const { isUp, barrier, self, parts } = this.replica(replica)
    if (!isUp || barrier === 0 || !this.hasCommitted(replica, self, barrier)) return 0
    // Executed: what each of them depends on is committed, too.
    const isExecuted = this.setting.ids.every(({ rank, index }, command) => {
      if (rank !== self || index > barrier) return true
      const { dep } = this.chart.part(parts[command]!).context.record
      return dep.every((upTo, row) => this.hasCommitted(replica, row, upTo))
    })
    return isExecuted ? barrier : 0
  }

  /** A broken rule: the barrier of this replica is lifted when all have executed what it stands for. */
  mayLift(replica: number, others: readonly number[]): boolean {
    const { isUp, barrier, self } = this.replica(replica)
    if (this.#variant.lacks !== 'barrier that stays for ever' || !isUp || barrier === 0) return false
    return others.every(other => this.hasCommitted(other, self, barrier))
  }

  /** Commands whose commit a crash here may undo, as bits. */
  volatile(replica: number): number {
    return this.replica(replica).before.reduce((bits, part, command) => (part < 0 ? bits : bits | (1 << command)), 0)
  }

  /** The replica, once no restart can come any more. */
  settled(replica: number): number {
    return this.number({
      ...this.replica(replica),
      before: this.setting.ids.map(() => -1),
      mayRestart: false,
      given: 0,
    })
  }

  /** The number of a message that a replica sends, as a broken rule may have it. */
  sent(from: Rank, to: Rank, message: InstanceMessage): number {
    return this.post.number(from, to, this.#variant.says?.(message) ?? message)
  }
}
