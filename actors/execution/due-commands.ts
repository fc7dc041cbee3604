import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { StateMachine } from '../shared/state-machine.ts'

export interface DueCommandsPorts {
  readonly stateMachine: StateMachine<unknown, unknown>
  readonly limits: Limits
  /** This replica's place among the live ones: the first proposes, the others a little later. */
  place(): number
  /** The time of day, in ms. */
  wallClock(): number
  /** @param settled it was executed, or never will be */
  propose(command: unknown, settled: () => void): void
}

/**
 * Proposes what a state machine wants done by the time of day: the clock says only when to ask, what is executed decides.
 * Whoever is not the first waits for as long as suspecting the first would take, so that usually one replica proposes.
 */
export class DueCommands implements Component {
  readonly #ports: DueCommandsPorts
  #inFlight = 0

  constructor(ports: DueCommandsPorts) {
    this.#ports = ports
  }

  /** Called at every heartbeat. What was proposed is settled before more is. */
  tick(): void {
    const { stateMachine, limits, place, wallClock, propose } = this.#ports
    if (stateMachine.due === undefined || this.#inFlight > 0) return
    const commands = stateMachine.due(wallClock() - place() * limits.suspicionMs, limits.dueCommandsMax)
    for (const command of commands) {
      this.#inFlight++
      propose(command, () => {
        this.#inFlight--
      })
    }
  }
}
