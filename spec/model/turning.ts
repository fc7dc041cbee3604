import type { Ledger } from '../../actors/records/ledger.ts'
import type { Effect } from '../../machines/instance/effects.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import { othersThan, ranksIn } from '../../machines/protocol/addressing.ts'
import type { Command } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import { payloadOf, type Record } from '../../machines/protocol/record.ts'
import { verdictOn } from '../../machines/protocol/recovery.ts'
import type { Part } from './chart.ts'
import { eventOf } from './event-of.ts'
import { ledgerOf } from './ledger-of.ts'
import type { Posted } from './post.ts'
import { awaitsMember, commitOf, guardOf, isUntouched, restored } from './records.ts'
import type { Replica, Replicas, Step } from './replicas.ts'
import type { Variant } from './variant.ts'

/**
 * One turn of one replica: what the replica's wiring does around the statecharts. A message to oneself is taken at once:
 * it counts as soon as the turn is durable, and what the turn says to others leaves no earlier.
 */
export class Turning {
  /** Called for every event that a statechart is given. */
  readonly told: ((command: number, event: InstanceEvent) => void) | undefined
  readonly #replicas: Replicas
  readonly #variant: Variant
  readonly #self: Rank
  #isUp: boolean
  #parts: number[]
  #learnt: number
  #heard: number[]
  #before: number[]
  readonly #mayRestart: boolean
  #given: number
  #barrier: number
  #ledger: Ledger
  readonly #sent = new Set<number>()
  readonly #rules: string[] = []
  readonly #commits: { command: number; value: number }[] = []
  readonly #toSelf: InstanceMessage[] = []

  constructor(replicas: Replicas, replica: Replica, variant: Variant, told: Turning['told']) {
    this.told = told
    this.#replicas = replicas
    this.#variant = variant
    this.#self = replica.self
    this.#isUp = replica.isUp
    this.#parts = [...replica.parts]
    this.#learnt = replica.learnt
    this.#heard = [...replica.heard]
    this.#before = [...replica.before]
    this.#mayRestart = replica.mayRestart
    this.#given = replica.given
    this.#barrier = replica.barrier
    this.#ledger = this.#ledgerOf()
  }

  /** The new state, and what the turn has left. */
  end(): Step {
    while (this.#toSelf.length > 0) this.#receive(this.#self, this.#toSelf.shift()!)
    return {
      replica: this.#replicas.number({
        self: this.#self,
        isUp: this.#isUp,
        parts: this.#parts,
        learnt: this.#learnt,
        heard: this.#heard,
        before: this.#before,
        mayRestart: this.#mayRestart,
        given: this.#given,
        barrier: this.#barrier,
      }),
      sent: [...this.#sent].sort((a, b) => a - b),
      rules: this.#rules,
      commits: this.#commits,
    }
  }

  deliver({ from, message }: Posted): void {
    this.#receive(from, message)
  }

  /** Rule 3.1: D0 from the conflict index, and from a barrier that another has announced (rule 7.3). */
  submit(command: number, announced?: { readonly of: Rank; readonly barrier: number }): void {
    const id = this.#replicas.setting.ids[command]!
    const cmd = this.#replicas.setting.commands[command]!
    const nothing = this.#parts[command]!
    const conflicting = this.#conflicting(id, cmd)
    const { of, barrier } = announced ?? { of: this.#self, barrier: 0 }
    const dep = conflicting.with(of, Math.max(conflicting[of]!, barrier))
    this.#receive(this.#self, { type: 'preAccept', id, cmd, dep })
    if (this.#replicas.setting.configuration.faster !== true || !this.#mayRestart) return
    // It leaves, and its own vote counts, before its record is durable: a crash may leave nothing of it but its index.
    this.#before[command] = nothing
    this.#given = id.index
  }

  /**
   * A proposal that a crash may forget is durable with whatever else is said of it: the flush before that has it, too. Votes
   * of others that are counted say nothing.
   */
  #isDurable(command: number, before: Part, effects: readonly Effect[]): void {
    const { lacks } = this.#variant
    if (!this.#isForgettable(command)) return
    const path = effects.find(effect => effect.type === 'committed')?.path
    // A commit that was told is durable later, whatever was before it.
    if (path === 'told' || (path === 'fast' && lacks === 'flush before it is told')) return
    const isWritten = JSON.stringify(this.#record(command)) !== JSON.stringify(before.context.record)
    if (isWritten || effects.some(({ type }) => type === 'say')) this.#before[command] = -1
  }

  /** What a restart would find is nothing. */
  #isForgettable(command: number): boolean {
    const before = this.#before[command]!
    return before >= 0 && isUntouched(this.#replicas.chart.part(before).context.record)
  }

  /** The conflicts that count in D0 of own commands and in votes for those of others. */
  #conflicting(id: InstanceId, cmd: Command): Dependencies {
    const isOwn = id.rank === this.#self
    const isLacking = this.#variant.lacks === (isOwn ? 'barrier in D0' : 'barrier in votes')
    return (isLacking ? this.#ledgerOf(0) : this.#ledger).conflicting(id, cmd)
  }

  recover(command: number): void {
    this.#tell(command, { type: 'startRecovery' })
  }

  giveUp(command: number): void {
    this.#tell(command, { type: 'giveUpFastPath' })
  }

  lift(): void {
    this.#barrier = 0
  }

  crash(): void {
    this.#isUp = false
  }

  /**
   * A crash and a restart: attempts, `waiting`s heard, and the commits in `lost` (as bits) are gone; the index is
   * rebuilt from the records; own instances go on at ballot 0 (section 6).
   */
  restart(lost: number): void {
    const { chart, setting } = this.#replicas
    const records = this.#parts.map((part, command) => {
      const isLost = ((lost >> command) & 1) === 1
      return chart.part(isLost ? this.#before[command]! : part).context.record
    })
    this.#learnt = records.reduce(
      (bits, record, command) => (payloadOf(record) === undefined ? bits : bits | (1 << command)),
      0,
    )
    if (this.#parts.some((_, command) => ((lost >> command) & 1) === 1 && this.#isForgettable(command)))
      this.#rules.push('6 forgotten')
    this.#heard = this.#heard.map(() => 0)
    this.#before = this.#before.map(() => -1)
    this.#barrier = this.#given
    this.#parts = records.map((_, command) => chart.initial(this.#self, command))
    records.forEach((record, command) => {
      if (isUntouched(record)) return
      this.#tell(command, { type: 'restore', record })
    })
    this.#ledger = this.#ledgerOf()
    records.forEach((record, command) => {
      if (setting.ids[command]!.rank !== this.#self || isUntouched(record)) return
      this.#tell(command, { type: 'resume' })
    })
  }

  #ledgerOf(barrier = this.#barrierNow): Ledger {
    const records = this.#parts.map((_, command) => this.#record(command))
    return ledgerOf(this.#replicas.setting, { self: this.#self, records, learnt: this.#learnt, barrier })
  }

  get #barrierNow(): number {
    if (this.#variant.lacks !== 'barrier that stays') return this.#barrier
    const isOpen = ({ rank, index }: InstanceId, command: number) =>
      rank === this.#self && index <= this.#barrier && this.#record(command).phase !== 'committed'
    return this.#replicas.setting.ids.some(isOpen) ? this.#barrier : 0
  }

  #part(command: number): Part {
    return this.#replicas.chart.part(this.#parts[command]!)
  }

  #record(command: number): Record {
    return this.#part(command).context.record
  }

  #receive(from: Rank, message: InstanceMessage): void {
    const command = this.#replicas.setting.numberOf(message.id)
    if (message.type === 'waiting') {
      this.#hear(command, message.k)
      return
    }
    const event = eventOf(from, message, {
      conflicting: (id, cmd) => this.#conflicting(id, cmd),
      invalidating: (id, cmd, dep) => this.#ledger.invalidating(id, cmd, dep),
    })
    this.#tell(command, event)
  }

  #tell(command: number, event: InstanceEvent): void {
    const { chart, setting } = this.#replicas
    this.told?.(command, event)
    const before = this.#part(command)
    const rule = guardOf(before, event)
    if (rule !== undefined) this.#rules.push(rule)
    const turn = chart.step(this.#parts[command]!, event)
    this.#parts[command] = turn.part
    if (turn.rule !== undefined) this.#rules.push(turn.rule)
    const record = this.#record(command)
    if (event.type !== 'restore') this.#ledger.write(this.#ledger.entry(setting.ids[command]!), record)
    if (payloadOf(record) !== undefined) this.#learnt |= 1 << command
    this.#isDurable(command, before, turn.effects)
    for (const effect of turn.effects) this.#do(command, before, effect)
  }

  #do(command: number, before: Part, effect: Effect): void {
    const { setting, chart } = this.#replicas
    switch (effect.type) {
      case 'say':
        for (const rank of ranksIn(effect.to, setting.configuration.n)) this.#say(rank, effect.message)
        break
      case 'toSelf':
        this.#say(this.#self, effect.message)
        break
      case 'committed': {
        const { cmd, dep } = this.#record(command)
        this.#commits.push({ command, value: this.#replicas.valueOf(this.#record(command)) })
        const others = ranksIn(othersThan(this.#self, setting.configuration.n), setting.configuration.n)
        // After a restart it may have to be learnt from those who were told, who answer whoever asks: also to oneself.
        const to = this.#mayRestart ? [...others, this.#self] : others
        if (effect.path !== 'told')
          for (const rank of to)
            this.#sent.add(this.#replicas.sent(this.#self, rank, commitOf(setting.ids[command]!, cmd!, dep)))
        if (this.#mayRestart && effect.path !== 'fast' && !this.#isForgettable(command))
          this.#before[command] = chart.number(restored(before))
        this.#tellWaiting(command)
        break
      }
      case 'awaitMembers':
        for (const id of effect.members) {
          const member = setting.numberOf(id)
          const k = this.#heard[member]!
          if (k > 0) this.#tell(command, { type: 'memberWaiting', member: id, k })
          this.#tellCommitted(command, member)
        }
        break
      case 'write': // What is written is in the part; a step is durable as a whole, see README.md.
      case 'confirmed': // What is executed when is not in the model.
      case 'awaitFastPath': // The wait may end at any time: a step of its own.
        break
      default:
        effect satisfies never
    }
  }

  #say(to: Rank, message: InstanceMessage): void {
    if (to === this.#self) this.#toSelf.push(this.#variant.says?.(message) ?? message)
    else this.#sent.add(this.#replicas.sent(this.#self, to, message))
  }

  #hear(member: number, k: number): void {
    // At or below the threshold it decides nothing, whoever waits (rule 4.5.3).
    if (k <= this.#heard[member]! || k <= this.#replicas.setting.membership.quorums.waitingThreshold) return
    this.#heard[member] = k
    for (const command of this.#waitingFor(member))
      this.#tell(command, { type: 'memberWaiting', member: this.#replicas.setting.ids[member]!, k })
  }

  #tellWaiting(member: number): void {
    for (const command of this.#waitingFor(member)) this.#tellCommitted(command, member)
  }

  #tellCommitted(command: number, member: number): void {
    const { phase, cmd, dep } = this.#record(member)
    if (phase !== 'committed' || cmd === undefined) return
    const { ids } = this.#replicas.setting
    const verdict = verdictOn(ids[command]!, cmd, dep)
    this.#tell(command, { type: 'memberCommitted', member: ids[member]!, verdict })
  }

  #waitingFor(member: number): number[] {
    const { ids } = this.#replicas.setting
    return ids.flatMap((_, command) => (awaitsMember(this.#part(command), ids[member]!) ? [command] : []))
  }
}
