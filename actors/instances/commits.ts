import type { CommitPath } from '../../machines/instance/context.ts'
import type { Effect } from '../../machines/instance/effects.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import { type Circumstances, tellCommit } from '../../machines/protocol/addressing.ts'
import { NOP, type Value } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { type InstanceId, type InstanceKey, idOfKey, keyOf } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { type Candidate, verdictOn } from '../../machines/protocol/recovery.ts'
import type { Execution } from '../execution/execution.ts'
import type { Entry } from '../records/entry.ts'
import type { Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'

export interface CommitsPorts {
  readonly circumstances: Circumstances
  readonly limits: Limits
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Execution
  readonly counters: Counters
}

/** An event for an instance that waits for another one. */
export interface Told {
  readonly entry: Entry
  readonly event: InstanceEvent
}

type Committed = Extract<Effect, { type: 'committed' }>

/**
 * The consequences of a commit, and the recoveries that wait for one; the stepper calls it. Events for other instances
 * are returned to the stepper, so that nothing is stepped here.
 */
export class Commits {
  readonly #ports: CommitsPorts
  /** Waiting recoveries (rule 4.5.3), by the member that they wait for. */
  readonly #waiting = new Map<InstanceKey, Set<Entry>>()
  /** Fast commits that wait for their flush. They are not executed before it. */
  readonly #volatile = new Set<InstanceKey>()
  /** The highest k of every `waiting(id, k)` that was ever received. */
  readonly #heard = new Map<InstanceKey, number>()

  constructor(ports: CommitsPorts) {
    this.#ports = ports
  }

  /**
   * Called when the statechart of an instance has committed it.
   * @param ownCommands number of its commands, where it was proposed here in this life
   */
  committed({ id }: Entry, { cmd, dep, path }: Committed, ownCommands: number | undefined): readonly Told[] {
    const { outbox, execution } = this.#ports
    this.#count(cmd, path, ownCommands)
    if (path === 'fast') {
      // Section 6: only this replica's memory holds a fast-path commit. It is told, and executed, once durable.
      const key = keyOf(id)
      this.#volatile.add(key)
      outbox.whenDurable(() => {
        this.#tellPeers(id, cmd, dep, path)
        if (this.#volatile.delete(key)) execution.committed(id, cmd, dep)
      })
    } else {
      // A recovery finds it again from n - f durable accepts.
      if (path !== 'told') this.#tellPeers(id, cmd, dep, path)
      execution.committed(id, cmd, dep)
    }
    return this.#endWaits(id, cmd, dep)
  }

  /**
   * Called when another replica has told a commit that stands here already. If it is my own fast commit and waits for a
   * flush, the others have found it by themselves: n - f have it, so it is executed like any learnt one, though the
   * disk may have no room for a while.
   */
  confirmed(id: InstanceId, cmd: Value, dep: Dependencies): void {
    if (this.#volatile.delete(keyOf(id))) this.#ports.execution.committed(id, cmd, dep)
  }

  /** Indices of a row whose fast commits wait for their flush: those of this replica. */
  volatileOf(rank: Rank): number[] {
    return [...this.#volatile].map(key => idOfKey(0, key)).flatMap(id => (id.rank === rank ? [id.index] : []))
  }

  /**
   * Notes that a recovery waits for these members.
   * @returns the events for it of members that are known already; later ones follow as they happen
   */
  awaitMembers(entry: Entry, members: readonly InstanceId[], candidate: Candidate): readonly InstanceEvent[] {
    const { ledger } = this.#ports
    const events: InstanceEvent[] = []
    for (const member of members) {
      const key = keyOf(member)
      const waiting = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, waiting.add(entry))
      const k = this.#heard.get(key)
      if (k !== undefined) events.push({ type: 'memberWaiting', member, k })
      if (ledger.isGone(member)) {
        events.push({ type: 'memberCommitted', member, verdict: ledger.verdictOnGone(entry.id, candidate, member) })
        continue
      }
      const record = ledger.get(member.rank, member.index)?.record
      if (record?.phase === 'committed' && record.cmd !== undefined)
        events.push({ type: 'memberCommitted', member, verdict: verdictOn(entry.id, record.cmd, record.dep) })
    }
    return events
  }

  /** Called when a `waiting(member, k)` was received, from a peer or from this replica itself. */
  heardWaiting(member: InstanceId, k: number): readonly Told[] {
    const key = keyOf(member)
    if (k <= (this.#heard.get(key) ?? 0)) return []
    this.#heard.set(key, k)
    return [...(this.#waiting.get(key) ?? [])].map(entry => ({ entry, event: { type: 'memberWaiting', member, k } }))
  }

  /**
   * Forgets the ids whose records are gone: nothing waits for them, and the k of their recoveries has no meaning any
   * more.
   */
  truncated(floor: Dependencies): void {
    for (const key of [...this.#heard.keys(), ...this.#waiting.keys()]) {
      const { rank, index } = idOfKey(0, key)
      if (index > floor[rank]!) continue
      this.#heard.delete(key)
      this.#waiting.delete(key)
    }
  }

  #tellPeers(id: InstanceId, cmd: Value, dep: Dependencies, path: CommitPath): void {
    const { circumstances, limits, outbox, execution } = this.#ports
    // Where commands conflict, other replicas wait to hear of the commit. Otherwise its client has its answer already.
    const isUrgent = limits.commitDelayMs === 0 || path !== 'fast' || !execution.covers(dep)
    for (const say of tellCommit({ type: 'commit', id, cmd, dep }, isUrgent, circumstances)) outbox.speak(say)
  }

  #count(cmd: Value, path: CommitPath, ownCommands: number | undefined): void {
    const { counters } = this.#ports
    counters.committed++
    if (cmd === NOP) counters.nops++
    else if (ownCommands !== undefined && path === 'fast') {
      counters.fastPath++
      counters.fastPathCommands += ownCommands
    } else if (ownCommands !== undefined) {
      counters.slowPath++
      counters.slowPathCommands += ownCommands
    }
  }

  #endWaits(member: InstanceId, cmd: Value, dep: Dependencies): readonly Told[] {
    const key = keyOf(member)
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return []
    this.#waiting.delete(key)
    return [...waiting].map(entry => ({
      entry,
      event: { type: 'memberCommitted', member, verdict: verdictOn(entry.id, cmd, dep) },
    }))
  }
}
