import type { Connections } from '../connections/connections.ts'
import type { Proposals } from '../proposing/proposals.ts'
import type { DiskHealth, DiskState } from '../records/disk-health.ts'
import { Alarm } from '../shared/alarm.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Timers } from '../shared/timers.ts'
import type { Heartbeat } from './heartbeat.ts'

export interface DiskWatchPorts {
  readonly timers: Timers
  readonly disk: DiskHealth
  readonly proposals: Pick<Proposals, 'drop'>
  readonly connections: Pick<Connections, 'giveUp'>
  readonly heartbeat: Pick<Heartbeat, 'tellAll'>
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/**
 * The consequences of a disk that is full or hangs, and of its recovery: the replica calls it at the end of each turn.
 * The others are told at once, so that they wait no longer than for a replica that has crashed (section 4, *Mute*), and
 * so are the clients, who may go elsewhere.
 */
export class DiskWatch {
  readonly #ports: DiskWatchPorts
  /** The alarm needs no callback: the end of its turn looks at the disk, and at what waits for it. */
  readonly #alarm: Alarm
  #state: DiskState = 'ok'
  #stalledMs = 0

  constructor(ports: DiskWatchPorts) {
    this.#ports = ports
    this.#alarm = new Alarm(ports.timers)
  }

  /** Called at the end of a turn, before anything is proposed and its messages leave. */
  look(): void {
    const { disk } = this.#ports
    const { state, slowInMs, stallsInMs } = disk
    if (state !== this.#state) this.#changed(state)
    // Not below a millisecond: a clock may be a little behind its timer.
    const nextMs = [slowInMs, stallsInMs].find(ms => ms !== undefined && ms > 0)
    if (nextMs !== undefined) this.#alarm.set(Math.max(1, nextMs))
  }

  #changed(state: DiskState): void {
    const { timers, disk, proposals, connections, heartbeat, log } = this.#ports
    if (this.#state === 'stalled') log({ code: 'diskAnswers', afterMs: Math.round(timers.now() - this.#stalledMs) })
    this.#state = state
    heartbeat.tellAll()
    const { reason } = disk
    if (reason === undefined) return
    if (state === 'stalled') {
      this.#stalledMs = timers.now()
      log({ code: 'diskStalled' })
    }
    // Never proposed: refused. Proposed: nobody knows here, and another replica may be asked.
    proposals.drop(reason)
    connections.giveUp(`${reason}: the outcome of a command is not known here`)
  }
}
