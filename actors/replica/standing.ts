import type { InstanceSnapshot } from '../../machines/instance/machine.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Record } from '../../machines/protocol/record.ts'
import type { ReplicaState } from '../../machines/replica/machine.ts'
import type { Parts } from './parts.ts'

/** The instances under way at a replica. */
export interface ReplicaStanding {
  readonly state: ReplicaState
  readonly executed: Dependencies
  readonly known: Dependencies
  readonly links: readonly { readonly peer: Rank; readonly state: string }[]
  /** Instances that are not executed here and have a record. */
  readonly unfinished: readonly {
    readonly id: InstanceId
    readonly record: Record
    /** The snapshot of its actor, while that lives. */
    readonly snapshot: InstanceSnapshot | undefined
  }[]
  /** Number of unfinished instances that are not listed. */
  readonly more: number
}

export function standingOf({ life, ledger, links, execution }: Parts, unfinishedMax: number): ReplicaStanding {
  const unfinished: ReplicaStanding['unfinished'][number][] = []
  let more = 0
  for (const { id, record, executed, actor } of ledger.entries()) {
    if (record === undefined || executed) continue
    if (unfinished.length < unfinishedMax) unfinished.push({ id, record, snapshot: actor?.getSnapshot() })
    else more++
  }
  return {
    state: life.state,
    executed: execution.prefix,
    known: ledger.known,
    links: links.peers.map(peer => ({ peer, state: links.state(peer) })),
    unfinished,
    more,
  }
}
