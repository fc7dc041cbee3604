import type { Component } from '../shared/component.ts'
import type { Limits } from '../shared/limits.ts'
import type { UserStateMachine } from '../shared/user-state-machine.ts'

export interface DueCommandsPorts {
  readonly stateMachine: Pick<UserStateMachine, 'hasDue' | 'due'>
  readonly limits: Limits
  /** This replica's place among the live ones: the first proposes, the others a little later. */
  place(): number
  /** The time of day that has passed by the cluster clock (rule 10.2), in ms; undefined while it is not known. */
  passedMs(): number | undefined
  /** @param settled it was executed, or never will be */
  propose(command: unknown, settled: () => void): void
}

/**
 * Proposes the commands that a state machine has due by the cluster clock, never by the replica's own: one wrong clock
 * would end the keys of all. The clock says only when to ask; the executed commands decide. A replica that is not the first waits for the time that suspicion of the first would take, so that
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
    const { stateMachine, limits, place, passedMs, propose } = this.#ports
    if (!stateMachine.hasDue || this.#inFlight > 0) return
    const passed = passedMs()
    if (passed === undefined) return
    const commands = stateMachine.due(passed - place() * limits.suspicionMs, limits.dueCommandsMax)
    for (const command of commands) {
      this.#inFlight++
      propose(command, () => {
        this.#inFlight--
      })
    }
  }
}
