import type { Tap } from '../../../actors/shared/tap.ts'
import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import type { Message } from '../../../machines/protocol/messages.ts'

/** Something that happens to processes, disks or links from outside. Members, and directed links, that it is about. */
export interface WorldFault {
  readonly what:
    | 'boot'
    | 'crash'
    | 'cut'
    | 'heal'
    | 'pause'
    | 'jump'
    | 'slow'
    | 'disk'
    | 'drop'
    | 'delay'
    | 'lies'
    | 'honest'
    | 'healed for good'
  readonly members: readonly ReplicaId[]
  readonly links?: readonly (readonly [from: ReplicaId, to: ReplicaId])[]
  readonly detail?: string
  /** The number of the intervention that did it. */
  readonly intervention?: number
}

/** Looks at a world from outside, and changes nothing: no draw depends on it. */
export interface WorldWatcher {
  /** The tap of one life of a replica. */
  tap(member: ReplicaId, nowMs: () => number): Tap
  fault(fault: WorldFault, nowMs: number): void
  /** These messages will not arrive. */
  lost(from: ReplicaId, to: ReplicaId, messages: readonly Message[], why: 'loss' | 'cut' | 'down', nowMs: number): void
}
