import type { CommitPath, InstanceContext } from '../../machines/instance/context.ts'
import { NOP, type Value } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { invariant } from '../../machines/protocol/errors.ts'
import { type InstanceId, type InstanceKey, idOfKey, keyOf } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { type Candidate, verdictOn } from '../../machines/protocol/recovery.ts'
import type { Execution } from '../execution/execution.ts'
import type { Proposer } from '../proposing/proposer.ts'
import { type Entry, isHeldBy, type Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Counters } from '../shared/counters.ts'
import type { Limits } from '../shared/limits.ts'
import type { Tap } from '../shared/tap.ts'
import type { Instances } from './instances.ts'
import type { Watch } from './watch.ts'

export interface CommitsPorts {
  readonly self: Rank
  readonly peers: readonly Rank[]
  readonly limits: Limits
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly execution: Execution
  readonly watch: Watch
  readonly proposer: () => Proposer
  readonly instances: () => Instances
  readonly counters: Counters
  readonly tap: Tap | undefined
  /** Notes that the members of a dependency set exist. */
  heardOfAll(dep: Dependencies): void
}

/** What follows from a commit, and who waits for one. */
export class Commits {
  readonly #ports: CommitsPorts
  /** Recoveries that wait (rule 4.5.3), by the member that they wait for. */
  readonly #waiting = new Map<InstanceKey, Set<Entry>>()
  /** Fast commits that wait for their flush: they are not executed. */
  readonly #volatile = new Set<InstanceKey>()
  /** The highest k of every `waiting(id, k)` that was ever received. */
  readonly #heard = new Map<InstanceKey, number>()

  constructor(ports: CommitsPorts) {
    this.#ports = ports
  }

  /** The statechart of an instance has committed it, by the path in its context. */
  committed(entry: Entry, { record, path, rule }: InstanceContext): void {
    const { self, peers, limits, outbox, execution, watch, counters, tap } = this.#ports
    const { id } = entry
    const { cmd, dep } = record
    invariant(cmd !== undefined && path !== undefined, () => 'what is committed has a command and a path')
    watch.committed(id.rank, id.index)
    this.#ports.heardOfAll(dep)
    counters.committed++
    if (cmd === NOP) counters.nops++
    if (id.rank === self) this.#ownCommitted(id, path, cmd)
    tap?.committed?.(id, cmd, dep, path, rule)

    const whole: Message = { type: 'commit', id, cmd, dep }
    const short: Message = cmd === NOP ? whole : { type: 'commit', id, cmd: undefined, dep }
    const tellPeers = () => {
      // Where commands meet, others wait to hear of it. Else its client has its answer already.
      const isUrgent = limits.commitDelayMs === 0 || path !== 'fast' || !execution.covers(dep)
      for (const rank of peers) {
        const message = isHeldBy(entry, rank) ? short : whole
        if (isUrgent) outbox.sayNow(rank, message)
        else outbox.sayWithNext(rank, message)
      }
    }
    if (path === 'fast') {
      // Section 6: nothing but this replica's memory holds a fast-path commit; it is told, and executed, once durable.
      const key = keyOf(id)
      this.#volatile.add(key)
      outbox.whenDurable(() => {
        tellPeers()
        if (this.#volatile.delete(key)) execution.committed(id, cmd, dep)
      })
    } else {
      // n - f durable accepts find it again.
      if (path !== 'told') tellPeers()
      execution.committed(id, cmd, dep)
    }
    this.#tellWaiting(id, cmd, dep)
  }

  /**
   * Another has told a commit that stands here already. Where it is my own fast commit and waits for a flush, they have found it
   * by themselves: n - f have it, so it is executed as any that is learnt, though the disk may have no room for a while.
   */
  told({ id, record: { cmd, dep } }: InstanceContext): void {
    if (cmd !== undefined && this.#volatile.delete(keyOf(id))) this.#ports.execution.committed(id, cmd, dep)
  }

  /** A recovery waits for these members: it hears of each what is known already, and then what comes. */
  awaitMembers(entry: Entry, members: readonly InstanceId[], candidate: Candidate): void {
    const { ledger, instances } = this.#ports
    for (const member of members) {
      const key = keyOf(member)
      const waiting = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, waiting.add(entry))
      const k = this.#heard.get(key)
      if (k !== undefined) instances().send(entry, { type: 'memberWaiting', member, k })
      if (ledger.isGone(member)) {
        const verdict = ledger.verdictOnGone(entry.id, candidate, member)
        instances().send(entry, { type: 'memberCommitted', member, verdict })
        continue
      }
      const record = ledger.get(member.rank, member.index)?.record
      if (record?.phase === 'committed' && record.cmd !== undefined)
        instances().send(entry, {
          type: 'memberCommitted',
          member,
          verdict: verdictOn(entry.id, record.cmd, record.dep),
        })
    }
  }

  /** A `waiting(member, k)` was received, from a peer or from this replica itself. */
  heardWaiting(member: InstanceId, k: number): void {
    const key = keyOf(member)
    if (k <= (this.#heard.get(key) ?? 0)) return
    this.#heard.set(key, k)
    for (const entry of this.#waiting.get(key) ?? []) this.#tell(entry, { type: 'memberWaiting', member, k })
  }

  /** Records up to here are gone: nobody waits for them, and what was heard of their recoveries says nothing any more. */
  truncated(floor: Dependencies): void {
    for (const key of [...this.#heard.keys(), ...this.#waiting.keys()]) {
      const { rank, index } = idOfKey(0, key)
      if (index > floor[rank]!) continue
      this.#heard.delete(key)
      this.#waiting.delete(key)
    }
  }

  #ownCommitted(id: InstanceId, path: CommitPath, cmd: Value): void {
    const { counters, proposer } = this.#ports
    const commands = proposer().committed(id.index)
    if (cmd === NOP) return
    if (path === 'fast') {
      counters.fastPath++
      counters.fastPathCommands += commands
    } else {
      counters.slowPath++
      counters.slowPathCommands += commands
    }
  }

  #tellWaiting(member: InstanceId, cmd: Value, dep: Dependencies): void {
    const key = keyOf(member)
    for (const entry of this.#waiting.get(key) ?? [])
      this.#tell(entry, { type: 'memberCommitted', member, verdict: verdictOn(entry.id, cmd, dep) })
    this.#waiting.delete(key)
  }

  /** One whose wait has ended meanwhile is not told. */
  #tell(entry: Entry, event: Parameters<Instances['send']>[1]): void {
    if (entry.record?.phase !== 'committed' && entry.actor !== undefined) this.#ports.instances().send(entry, event)
  }
}
