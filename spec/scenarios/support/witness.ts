import { DivergenceError } from '../../../actors/execution/comparison.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import type { Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { Decisions } from '../../sim/checks/decisions.ts'
import { type Rule, RulesTaken } from '../../sim/checks/rules.ts'
import { Violation } from '../../sim/violation.ts'
import { type Letter, letterOf, letters, nameOf } from './letters.ts'
import { scenarioRules } from './rules-taken.ts'
import { type Shown, type Story, shown } from './story.ts'

const taken = (rule: Rule) => scenarioRules.set(rule, (scenarioRules.get(rule) ?? 0) + 1)

/**
 * Sees all that the replicas of a table do, and checks every decision that anybody could have seen: Agreement,
 * visibility, and that no replica finds an invariant broken.
 */
export class Witness {
  readonly #story: Story
  readonly #decisions = new Decisions()
  readonly #records = new Map<string, Map<string, Record>>(letters.map(at => [at, new Map()]))
  /** By replica and id, the rule by which its last attempt moved on. */
  readonly #rules = new Map<string, string>()
  /** By replica, own ids that it has told while its disk did not say so yet. */
  readonly #early = new Map<string, Map<string, InstanceId>>(letters.map(at => [at, new Map()]))
  /** Whose end is no mistake of theirs. */
  readonly #mayStop = new Set<string>()
  #proposed: InstanceId | undefined
  #violation: Error | undefined

  constructor(story: Story) {
    this.#story = story
  }

  /** What was decided for `id`, if anybody could have seen it. */
  decided(id: InstanceId): Shown | undefined {
    const decision = this.#decisions.of(id)
    return decision === undefined ? undefined : shown(decision.cmd, decision.dep)
  }

  record(at: Letter, id: InstanceId): Record | undefined {
    return this.#records.get(at)?.get(nameOf(id))
  }

  rule(at: Letter, id: InstanceId): string | undefined {
    return this.#rules.get(`${at} ${nameOf(id)}`)
  }

  /** What a replica remembers from here on: what is on its disk, or nothing while it is down. */
  remembers(at: string, records: readonly { readonly id: InstanceId; readonly record: Record }[]): void {
    this.#records.set(at, new Map(records.map(({ id, record }) => [nameOf(id), record])))
  }

  /** A replica begins again: what it told, and its disk does not say, it has forgotten. */
  restarts(at: string, records: Parameters<Witness['remembers']>[1]): void {
    this.remembers(at, records)
    const early = this.#early.get(at)!
    for (const name of early.keys()) if (!this.#records.get(at)!.has(name)) taken('6 told and forgotten')
    early.clear()
  }

  /** The id under which `propose` has proposed something, if it has. */
  proposedBy(propose: () => void): InstanceId | undefined {
    this.#proposed = undefined
    propose()
    return this.#proposed
  }

  /** The replica may end by itself from here on: its state has become another. */
  mayStop(at: string): void {
    this.#mayStop.add(at)
  }

  /** A replica has ended by itself. */
  failed(at: string, error: Error | undefined): void {
    if (error instanceof DivergenceError && this.#mayStop.has(at)) {
      this.#story.say(`${at} STOPS: ${error.message}`)
      return
    }
    this.#violation ??= new Violation('invariant', `replica ${at} has failed: ${error}`)
  }

  /** @throws Violation with the story so far */
  check(): void {
    if (this.#violation === undefined) return
    this.#violation.message += `\n${this.#story}`
    throw this.#violation
  }

  /** The tap of one life of a replica. */
  tap(rank: number): Tap {
    const at = letterOf(rank)
    const committed = new Map<string, { cmd: Value; dep: Dependencies }>()
    const rules = new RulesTaken(rank, taken)
    return {
      written: (id, record) => {
        rules.written(id, record)
        this.#records.get(at)?.set(nameOf(id), record)
        if (id.rank === rank && record.phase === 'preAccepted' && record.bal === 0) this.#proposed = id
      },
      sent: (_, message) => {
        rules.sent(message)
        if (message.type === 'preAccept' && !rules.isDurable(message.id))
          this.#early.get(at)!.set(nameOf(message.id), message.id)
        const isCommitted = message.type === 'commit' || (message.type === 'recoverOk' && message.phase === 'committed')
        if (isCommitted && message.cmd !== undefined)
          this.#decided(message.id, message.cmd, message.dep, `told by ${at}`)
      },
      flushBegan: () => rules.flushBegan(),
      flushEnded: error => {
        rules.flushEnded(error)
        const early = this.#early.get(at)!
        for (const [name, id] of early) if (rules.isDurable(id)) early.delete(name)
      },
      stateChanged: state => rules.stateChanged(state),
      received: (_, message) => rules.received(message),
      rejected: (_from, _message, why) => rules.rejected(why),
      resubmitted: () => rules.resubmitted(),
      truncated: (level, floor) => rules.truncated(level, floor),
      snapshotCame: (_, isInstalled) => rules.snapshotCame(isInstalled),
      committed: (id, cmd, dep, path) => {
        rules.committed(id, cmd, path)
        committed.set(nameOf(id), { cmd, dep })
      },
      executed: component => {
        rules.executed(component)
        for (const id of component) {
          const decision = committed.get(nameOf(id))
          if (decision !== undefined) this.#decided(id, decision.cmd, decision.dep, `executed by ${at}`)
        }
      },
      stepped: (id, event, before, after) => {
        rules.stepped(id, event, before, after)
        const { rule } = after.context
        if (rule !== undefined) this.#rules.set(`${at} ${nameOf(id)}`, rule)
      },
    }
  }

  #decided(id: InstanceId, cmd: Value, dep: Dependencies, by: string): void {
    try {
      if (this.#decisions.of(id) === undefined) this.#story.say(`DECIDED ${nameOf(id)} ${shown(cmd, dep)}, ${by}`)
      this.#decisions.decided(id, cmd, dep, by)
    } catch (violation) {
      this.#violation ??= violation as Error
    }
  }
}
