import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { UserStateMachine } from '../shared/user-state-machine.ts'

export interface DueCommandsPorts {
  readonly stateMachine: Pick<UserStateMachine, 'hasDue' | 'due'>
  readonly limits: Limits
  /** This replica's place among the live ones: the first proposes, the others a little later. */
  place(): number
  /** The time of day, in ms. */
  wallClock(): number
  /** @param settled it was executed, or never will be */
  propose(command: unknown, settled: () => void): void
}

/**
 * Proposes the commands that a state machine has due by the time of day. The clock says only when to ask; the executed
 * commands decide. A replica that is not the first waits for the time that suspicion of the first would take, so that
 * usually one replica proposes.
 */
export class DueCommands implements Component {
  readonly #ports: DueCommandsPorts
  #inFlight = 0

  constructor(ports: DueCommandsPorts) {
    this.#ports = ports
  }

  /** Called at every heartbeat. Proposed commands are settled before others are proposed. */
  tick(): void {
    const { stateMachine, limits, place, wallClock, propose } = this.#ports
    if (!stateMachine.hasDue || this.#inFlight > 0) return
    const commands = stateMachine.due(wallClock() - place() * limits.suspicionMs, limits.dueCommandsMax)
    for (const command of commands) {
      this.#inFlight++
      propose(command, () => {
        this.#inFlight--
      })
    }
  }
}
