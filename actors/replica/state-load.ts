import type { StoredCheckpoint } from '../../storage/state-store.ts'
import type { Execution } from '../execution/execution.ts'
import type { ReplicatedState } from '../execution/replicated-state.ts'
import type { DurableProgress } from '../instances/durable-progress.ts'
import type { Component } from '../shared/component.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Checkpoints } from '../state/checkpoints.ts'
import type { Installer } from '../state/installer.ts'
import type { RestartLoad } from '../state/restart-load.ts'

export interface StateLoadPorts {
  readonly checkpoints: Pick<Checkpoints, 'restart'>
  readonly execution: Pick<Execution, 'isHeld' | 'prefix'>
  readonly state: Pick<ReplicatedState, 'repeated'>
  readonly installer: Pick<Installer, 'isUnderWay'>
  readonly progress: Pick<DurableProgress, 'executed'>
  now(): number
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** Interval at which an operator is told how far the state is. */
const toldEveryMs = 5_000

/**
 * The own state at a restart, which is loaded beside the votes ([rule 8.14](../../machines/protocol/README.md#rule-8-14)),
 * and what an operator is told of it. Without a checkpoint there is nothing to load.
 */
export class StateLoad implements Component {
  readonly #ports: StateLoadPorts
  #load: RestartLoad | undefined
  #sinceMs = 0
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(ports: StateLoadPorts) {
    this.#ports = ports
  }

  /** Bytes of the state that were read, and of all; undefined when nothing is to be loaded, or everything was. */
  get progress(): { readonly loaded: number; readonly size: number } | undefined {
    return this.#load?.progress
  }

  /** Reads what votes need of the checkpoint, if there is one. */
  index(stored: StoredCheckpoint | undefined, done: () => void): void {
    if (stored === undefined) {
      done()
      return
    }
    this.#load = this.#ports.checkpoints.restart(stored)
    this.#load.index(done)
  }

  /** Called when the replica begins to vote. */
  start(): void {
    if (this.#load === undefined) return
    this.#sinceMs = this.#ports.now()
    this.#load.tables()
  }

  /** Called at every heartbeat. */
  tick(): void {
    const { now, log } = this.#ports
    if (this.#load === undefined || now() - this.#toldMs < toldEveryMs) return
    this.#toldMs = now()
    log({ code: 'stateLoads', ...this.#load.progress })
  }

  /**
   * Called at the end of a turn while the replica is `loading`.
   * @returns whether the state stands, and all that was told as executed is executed again: a client that asks for the
   * state of this replica sees nothing older than before the restart
   */
  ends(): boolean {
    const { execution, state, installer, progress, now, log } = this.#ports
    // The state of another replica may have come meanwhile: it takes the place of the own one first.
    if (execution.isHeld || installer.isUnderWay) return false
    const { prefix } = execution
    if (progress.executed.some((index, rank) => index > prefix[rank]!)) return false
    state.repeated()
    if (this.#load !== undefined) {
      const { size } = this.#load.progress
      this.#load = undefined
      log({ code: 'stateLoaded', bytes: size, afterMs: Math.round(now() - this.#sinceMs) })
    }
    return true
  }
}
