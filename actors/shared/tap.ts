import type { CommitPath } from '../../machines/instance/context.ts'
import type { InstanceSnapshot } from '../../machines/instance/machine.ts'
import type { Rejection } from '../../machines/protocol/admission.ts'
import type { Value } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Record } from '../../machines/protocol/record.ts'
import type { GateVerdict } from './gate-verdict.ts'
import type { ReadsStanding } from './reads-verdict.ts'
import type { StallCause } from './stall-causes.ts'

export type TimerMove = 'resend' | 'recover' | 'ask' | 'wait' | 'fetch' | 'begin'

/**
 * The observer of a replica, which calls it at the few places where things happen. Without one each place costs one
 * null check. A method that throws is reported and not called again. A tap must not call back.
 */
export interface Tap {
  /** The statechart of an instance has changed its record, not yet durable. */
  written?(id: InstanceId, record: Record): void
  /** A message leaves. A message to oneself counts now. */
  sent?(to: Rank, message: Message): void
  received?(from: Rank, message: Message): void
  /** A message was dropped at the door: inadmissible, or beyond the index window. */
  rejected?(from: Rank, message: Message, why: Rejection): void
  /** The statechart of an instance has taken an event. */
  stepped?(id: InstanceId, event: string, before: InstanceSnapshot, after: InstanceSnapshot): void
  committed?(id: InstanceId, cmd: Value, dep: Dependencies, path: CommitPath, rule: string | undefined): void
  /** The verdict on waiting commands has changed with this turn. @param waiting number of waiting commands */
  gateChanged?(verdict: GateVerdict, waiting: number): void
  /** The oldest read by quorum waits for something else since this turn. */
  readsChanged?(standing: ReadsStanding): void
  /** One component was executed: dependencies first, in this order. */
  executed?(component: readonly InstanceId[]): void
  /** Rule 4.7: an own instance was decided Nop; its commands go out under a new id. */
  resubmitted?(id: InstanceId): void
  /** Section 8: records of ids up to `floor` are gone here (level 1), or index entries (level 2). */
  truncated?(level: 1 | 2, floor: Dependencies): void
  /** A snapshot of another replica has arrived: it replaces the own state now, or it is refused. */
  snapshotCame?(donor: Rank, isInstalled: boolean): void
  /** A flush begins: all records written up to now are durable when it ends. */
  flushBegan?(records: number): void
  /** @param error with an error nothing of it counts as written */
  flushEnded?(error: Error | undefined): void
  /**
   * The timer of an uncommitted instance came up, or was set anew.
   * @param move the move made now; `begin`: none, the timer was brought forward
   * @param of the replica that was asked
   */
  timerSet?(id: InstanceId, move: TimerMove, of: Rank | undefined, nextMs: number): void
  /** The event loop stood still for so long. */
  stalled?(ms: number, cause: StallCause): void
  linkChanged?(peer: Rank, state: string): void
  /** @param error the error of a failed replica */
  stateChanged?(state: string, error?: Error): void
}
