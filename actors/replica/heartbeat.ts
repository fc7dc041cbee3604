import type { Message } from '../../machines/protocol/messages.ts'
import type { Clock } from '../../net/clock.ts'
import type { Limits } from '../shared/limits.ts'
import type { Parts } from './parts.ts'

export interface HeartbeatPorts {
  readonly limits: Limits
  readonly clock: Clock
  readonly parts: () => Parts
  /** This replica votes. */
  votes(): boolean
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
    const { limits, clock } = this.#ports
    const parts = this.#ports.parts()
    parts.links.suspectSilent(clock.now())
    parts.isolation.tick()
    parts.dispatch.tick()
    parts.catchUp.tick()
    parts.transfer.tick()
    parts.backups.tick()
    parts.dueCommands.tick()
    parts.comparison.tick()
    parts.expiry.tick()
    parts.truncation.tick()
    this.tellAll()
    parts.timers.set(limits.heartbeatIntervalMs, () => this.beat())
  }

  tellAll(): void {
    const { peers, outbox } = this.#ports.parts()
    const message = this.message()
    for (const rank of peers) outbox.sayNow(rank, message)
  }

  /** The others need not find out by themselves that nobody votes here any more. */
  tellThatItLeaves(): void {
    this.#isLeaving = true
    this.tellAll()
  }

  /** How far this replica is, and whether it can vote (section 4, *Live*): durable values alone (B29). */
  message(): Message {
    const { progress, outbox, links, dispatch, truncation, barrier } = this.#ports.parts()
    return {
      type: 'heartbeat',
      known: progress.known,
      executed: progress.executed,
      canVote: this.#ports.votes() && !this.#isLeaving && outbox.hasRoom && links.hearsQuorum,
      inStep: dispatch.isInStep,
      raised: truncation.promised.floor,
      raisedFrom: truncation.promised.from,
      barrier: barrier.top,
    }
  }
}
