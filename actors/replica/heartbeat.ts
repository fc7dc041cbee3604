import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Admission } from '../instances/admission.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { RestartBarrier } from '../instances/restart-barrier.ts'
import type { ClusterClock } from '../records/cluster-clock.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'
import type { Checkpoints } from '../state/checkpoints.ts'
import type { Eviction } from '../state/eviction.ts'

export interface HeartbeatPorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly life: Life
  readonly progress: DurableProgress
  readonly outbox: Outbox
  readonly disk: Pick<DiskHealth, 'state' | 'isSlow'>
  readonly links: Links
  readonly clusterClock: ClusterClock
  readonly admission: Admission
  readonly eviction: Pick<Eviction, 'promised'>
  readonly barrier: RestartBarrier
  readonly checkpoints: Pick<Checkpoints, 'isUnderWay'>
  /** The parts with periodic work, in their order. */
  readonly components: readonly Component[]
}

/** The periodic work of a replica, and its heartbeats, while it votes. */
export class Heartbeat {
  readonly #ports: HeartbeatPorts
  #isLeaving = false
  /** Whether the last heartbeat said that this replica is busy. */
  #saidBusy = false

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports
  }

  /** Does the periodic work of each component, and tells all other replicas how far this one is. */
  beat(): void {
    const { limits, timers, components } = this.#ports
    for (const component of components) component.tick?.()
    this.tellAll()
    timers.set(limits.heartbeatIntervalMs, () => this.beat())
  }

  tellAll(): void {
    const { links, outbox } = this.#ports
    const message = this.#message()
    this.#saidBusy = this.#ports.checkpoints.isUnderWay
    for (const rank of links.peers) outbox.sayNow(rank, message)
  }

  /** Called at the end of each turn: the others learn at once that a checkpoint has begun, or ended (rule 8.13). */
  look(): void {
    if (this.#ports.checkpoints.isUnderWay !== this.#saidBusy) this.tellAll()
  }

  /** Sends a heartbeat to one peer at once, since it cannot know how far this replica is. */
  tell(to: Rank): void {
    this.#ports.outbox.sayNow(to, this.#message())
  }

  /** Tells the others that this replica votes no more, so that they need not wait for the suspicion time. */
  tellThatItLeaves(): void {
    this.#isLeaving = true
    this.tellAll()
  }

  /**
   * The heartbeat: how far this replica is, and whether it can vote (section 4, *Live* and *Mute*): durable values alone
   * (B29).
   */
  #message(): Message {
    const { life, progress, disk, links, clusterClock, admission, eviction, barrier, checkpoints } = this.#ports
    const mute = !life.votes || this.#isLeaving || disk.state !== 'ok'
    return {
      type: 'heartbeat',
      known: progress.known,
      executed: progress.executed,
      canVote: !mute && links.hearsQuorum,
      inStep: admission.isInStep,
      raised: eviction.promised.floor,
      raisedFrom: eviction.promised.from,
      barrier: barrier.announced,
      clock: clusterClock.claim,
      ...(mute ? { mute } : undefined),
      ...(checkpoints.isUnderWay ? { busy: true } : undefined),
      ...(disk.isSlow ? { slow: true } : undefined),
    }
  }
}
