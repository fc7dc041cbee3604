import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Admission } from '../instances/admission.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { RestartBarrier } from '../instances/restart-barrier.ts'
import type { Links } from '../records/links.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Component } from '../shared/component.ts'
import type { Life } from '../shared/life.ts'
import type { Limits } from '../shared/limits.ts'
import type { Timers } from '../shared/timers.ts'
import type { Truncation } from '../state/truncation.ts'

export interface HeartbeatPorts {
  readonly limits: Limits
  readonly timers: Timers
  readonly life: Life
  readonly progress: DurableProgress
  readonly outbox: Outbox
  readonly links: Links
  readonly admission: Admission
  readonly truncation: Truncation
  readonly barrier: RestartBarrier
  /** Those who look after something now and then, in their order. */
  readonly components: readonly Component[]
}

/** What a replica does, and tells, again and again while it votes. */
export class Heartbeat {
  readonly #ports: HeartbeatPorts
  #isLeaving = false

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports
  }

  /** Everyone who looks after something now and then does so; all others hear how far this replica is. */
  beat(): void {
    const { limits, timers, components } = this.#ports
    for (const component of components) component.tick?.()
    this.tellAll()
    timers.set(limits.heartbeatIntervalMs, () => this.beat())
  }

  tellAll(): void {
    const { links, outbox } = this.#ports
    const message = this.#message()
    for (const rank of links.peers) outbox.sayNow(rank, message)
  }

  /** One peer hears it at once: it cannot know how far this replica is. */
  tell(to: Rank): void {
    this.#ports.outbox.sayNow(to, this.#message())
  }

  /** The others need not find out by themselves that nobody votes here any more. */
  tellThatItLeaves(): void {
    this.#isLeaving = true
    this.tellAll()
  }

  /** How far this replica is, and whether it can vote (section 4, *Live*): durable values alone (B29). */
  #message(): Message {
    const { life, progress, outbox, links, admission, truncation, barrier } = this.#ports
    return {
      type: 'heartbeat',
      known: progress.known,
      executed: progress.executed,
      canVote: life.votes && !this.#isLeaving && outbox.hasRoom && links.hearsQuorum,
      inStep: admission.isInStep,
      raised: truncation.promised.floor,
      raisedFrom: truncation.promised.from,
      barrier: barrier.top,
    }
  }
}
