import { ExecutedSet, type ExecutedSetData } from '../../machines/execution/executed-set.ts'
import type { Executable, ExecutionGraph } from '../../machines/execution/execution-graph.ts'
import { createExecutionGraph } from '../../machines/execution/execution-graph.ts'
import { AgreedFloors } from '../../machines/protocol/agreed-floors.ts'
import { type Command, NOP, type Value } from '../../machines/protocol/commands.ts'
import { type Dependencies, noDependencies } from '../../machines/protocol/dependencies.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { type InstanceId, type InstanceKey, idOfKey, keyOf } from '../../machines/protocol/instance-id.ts'
import type { Membership } from '../../machines/protocol/membership.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Retirement } from '../records/retirement.ts'
import type { Counters } from '../shared/counters.ts'
import type { Tap } from '../shared/tap.ts'
import type { Comparison, DivergenceError } from './comparison.ts'
import type { ExecutionShare } from './execution-share.ts'
import type { Outcome } from './outcome.ts'
import type { Proposal, ProposedPayload } from './proposal.ts'
import type { ReplicatedState } from './replicated-state.ts'
import type { StateWatch } from './state-watch.ts'

/** Approximate memory of an instance beside its payloads: its record, its vectors, its map entries. */
const recordBytes = 2_500

/**
 * The state between two components, and the executed set in it
 * ([section 5](../../machines/protocol/README.md#section-5), B25). Plain data.
 */
export interface ExecutionImage extends ExecutionPlace {
  readonly state: Uint8Array
}

/** A place in the order of execution. Plain data. */
export interface ExecutionPlace extends ExecutedSetData {
  /** Client commands executed. */
  readonly commands: number
  /** The agreed floor, up to which records may go. */
  readonly agreed: Dependencies
}

export interface ExecutionPorts {
  readonly membership: Membership
  readonly state: ReplicatedState
  readonly tap: Tap | undefined
  readonly ledger: Ledger
  readonly retirement: Retirement
  readonly counters: Counters
  readonly comparison: Pick<Comparison, 'reached'>
  readonly stateWatch: StateWatch
}

/**
 * Executes committed instances, component by component, at the end of each turn, and answers their proposals: after
 * execution, never at commit ([section 5](../../machines/protocol/README.md#section-5)).
 */
export class Execution {
  readonly #ports: ExecutionPorts
  readonly #proposedPayloads = new Map<InstanceKey, readonly ProposedPayload[]>()
  #graph: ExecutionGraph
  #isHeld = false
  #hasMore = false
  #commands = 0
  #agreed: AgreedFloors
  /** Totals at the last raise of the agreed floor. */
  #atAgreed = { commands: 0, bytes: 0 }
  #bytes = 0
  #resubmitted: (readonly Proposal[])[] = []
  /** Number of answered proposals of the instance under execution. */
  #answered = 0
  /** Proposals whose instance has thrown before they were answered. */
  #unanswered: readonly Proposal[] = []
  #diverged: DivergenceError | undefined

  constructor(ports: ExecutionPorts) {
    this.#ports = ports
    this.#agreed = new AgreedFloors(noDependencies(ports.membership.quorums.n))
    this.#graph = this.#newGraph(new ExecutedSet(ports.membership.quorums.n))
  }

  /** Number of client commands executed, since the beginning of the state. */
  get commands(): number {
    return this.#commands
  }
  /** Approximate memory of the instances executed by this process, while their records stay. */
  get bytes(): number {
    return this.#bytes
  }
  /** Number of instances executed. */
  get count(): number {
    return this.#graph.executed.count
  }
  /** Number of instances committed and not executed. */
  get pending(): number {
    return this.#graph.unexecuted
  }
  /** Number of own instances whose commands are not answered yet. */
  get owed(): number {
    return this.#proposedPayloads.size
  }
  get prefix(): Dependencies {
    return this.#graph.executed.prefix()
  }
  /** The agreed floors, up to which records may go. */
  get agreed(): AgreedFloors {
    return this.#agreed
  }
  /** Client commands executed since the agreed floor was last raised, and their memory. */
  get sinceAgreed(): { readonly commands: number; readonly bytes: number } {
    return { commands: this.#commands - this.#atAgreed.commands, bytes: this.#bytes - this.#atAgreed.bytes }
  }
  get graph(): ExecutionGraph {
    return this.#graph
  }

  has(id: InstanceId): boolean {
    return this.#graph.executed.has(id)
  }

  /** Whether all ids of these dependencies are executed. */
  covers(dep: Dependencies): boolean {
    return this.#graph.executed.covers(dep)
  }

  /** Notes the proposals to answer when `id` is executed, in the order of its payloads. */
  proposed(id: InstanceId, proposedPayloads: readonly ProposedPayload[]): void {
    this.#proposedPayloads.set(keyOf(id), proposedPayloads)
  }

  learnt(id: InstanceId, payload: Command): void {
    this.#graph.learnt(id, payload.footprint)
  }

  /** Called when an instance is final, and may be executed visibly. */
  committed(id: InstanceId, value: Value, dep: Dependencies): void {
    this.#graph.committed(id, value, dep)
  }

  /**
   * Executes ready instances: all, or a share of them.
   * @returns for each own instance that was decided Nop, in their order, the proposals that need a new id (rule 4.7)
   * @throws DivergenceError when a point was executed at which the others have another state
   */
  run(share?: ExecutionShare): readonly (readonly Proposal[])[] {
    this.#hasMore = false
    if (this.#isHeld) return this.takeResubmitted()
    while (!this.#hasMore) {
      this.#hasMore = share?.isUsedUp === true
      const [component] = this.#hasMore ? [] : this.#graph.takeReady(1)
      if (component === undefined) break
      for (const each of component) this.#execute(each, share)
      this.#ports.tap?.executed?.(component.map(each => each.id))
    }
    if (this.#diverged !== undefined) throw this.#diverged
    return this.takeResubmitted()
  }

  /** Takes the proposals of own instances that were decided Nop, and were not taken before. */
  takeResubmitted(): readonly (readonly Proposal[])[] {
    const resubmitted = this.#resubmitted
    if (resubmitted.length > 0) this.#resubmitted = []
    return resubmitted
  }

  /** Where in the order of execution the state stands. */
  place(): ExecutionPlace {
    return { ...this.#graph.executed.toData(), commands: this.#commands, agreed: this.#agreed.latest }
  }

  /** Replaces the state by that of an earlier program's image. All instances above it must be learnt and committed again. */
  restore(image: ExecutionImage): void {
    this.#ports.state.migrate(image.state)
    this.adopt(image)
  }

  /** Executes nothing until another place is adopted: the state is being replaced. */
  hold(): void {
    this.#isHeld = true
  }

  /** Executes again: the state was not replaced after all. */
  release(): void {
    this.#isHeld = false
  }

  /** Whether the state is being replaced: nothing may be read from it. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Whether the last run has perhaps left ready instances. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** Takes over the place of a state that is loaded already. */
  adopt(image: ExecutionPlace): void {
    this.#isHeld = false
    this.#commands = image.commands
    this.#agreed = new AgreedFloors(image.agreed)
    this.#atAgreed = { commands: image.commands, bytes: this.#bytes }
    this.#graph = this.#newGraph(ExecutedSet.fromData(image))
    this.#ports.stateWatch.replace()
  }

  /**
   * Takes the proposals whose results are lost: their instances were executed elsewhere, in a snapshot installed here.
   */
  takeExecutedElsewhere(): readonly Proposal[] {
    const { epoch } = this.#ports.membership
    const lost: Proposal[] = []
    for (const [key, proposedPayloads] of this.#proposedPayloads) {
      if (!this.has(idOfKey(epoch, key))) continue
      this.#proposedPayloads.delete(key)
      lost.push(...proposalsOf(proposedPayloads))
    }
    return lost
  }

  /** Takes all unanswered proposals when the replica ends, and cannot tell the outcome of their commands. */
  abandon(): readonly Proposal[] {
    const left = [...this.#unanswered, ...[...this.#proposedPayloads.values()].flatMap(proposalsOf)]
    this.#unanswered = []
    this.#proposedPayloads.clear()
    return left
  }

  #newGraph(executed: ExecutedSet): ExecutionGraph {
    const { epoch, quorums } = this.#ports.membership
    return createExecutionGraph({ n: quorums.n, epoch, executed })
  }

  #execute({ id, value }: Executable, share: ExecutionShare | undefined): void {
    const key = keyOf(id)
    const before = { commands: this.#commands, bytes: this.#bytes }
    const proposedPayloads = this.#proposedPayloads.get(key)
    this.#proposedPayloads.delete(key)
    if (value === NOP) {
      if (proposedPayloads !== undefined) {
        const proposals = proposalsOf(proposedPayloads)
        this.#ports.counters.resubmitted += proposals.length
        this.#resubmitted.push(proposals)
        this.#ports.tap?.resubmitted?.(id)
      }
    } else {
      this.#ports.stateWatch.wrote(value.footprint.writes)
      this.#answered = 0
      try {
        value.payloads.forEach((payload, at) => {
          this.#executePayload(id, payload, proposedPayloads?.[at])
        })
      } catch (error) {
        // The replica fails with this error. Unanswered proposals are told that it ended.
        if (proposedPayloads !== undefined) this.#unanswered = proposalsOf(proposedPayloads).slice(this.#answered)
        throw error
      }
    }
    share?.took(this.#commands - before.commands, this.#bytes - before.bytes)
    this.#bytes += recordBytes
    const entry = this.#ports.ledger.entry(id)
    this.#ports.ledger.executed(entry)
    this.#ports.retirement.add(entry)
  }

  /** @param proposed the proposals to answer, where it was proposed */
  #executePayload(id: InstanceId, payload: Uint8Array, proposed: ProposedPayload | undefined): void {
    const outcomes = this.#apply(id, payload, proposed !== undefined)
    this.#bytes += payload.length
    this.#commands += outcomes.length
    const [first] = outcomes
    if (first !== undefined && 'floor' in first && first.floor !== undefined) this.#agree(first.floor)
    if (first !== undefined && 'isPoint' in first) this.#diverged ??= this.#ports.comparison.reached(id)
    proposed?.proposals.forEach((proposal, which) => {
      this.#answered++
      proposal.executed(outcomes[which]!)
    })
  }

  /** A truncation is no command of a client. */
  #agree(floor: Dependencies): void {
    this.#commands--
    if (this.#agreed.executed(floor)) this.#atAgreed = { commands: this.#commands, bytes: this.#bytes }
  }

  /**
   * Decodes the payload also where it was proposed: the state machine has seen that command for its footprint, and may
   * have changed it.
   */
  #apply(id: InstanceId, payload: Uint8Array, isAnswered: boolean): readonly Outcome[] {
    const { state } = this.#ports
    try {
      return state.apply(state.decode(payload), isAnswered)
    } catch (cause) {
      const what = cause instanceof Error ? cause : String(cause)
      throw new InvariantError(`a payload of ${id.rank}.${id.index} (by rank) cannot be executed: ${what}`, { cause })
    }
  }
}

const proposalsOf = (proposedPayloads: readonly ProposedPayload[]): readonly Proposal[] =>
  proposedPayloads.flatMap(({ proposals }) => proposals)
