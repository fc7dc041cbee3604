import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, envelopes, footprintOf } from '../../machines/protocol/envelope.ts'
import { attempt, CodecError } from '../../net/codec.ts'
import { applyFailed, applyFailedReason } from '../execution/answer.ts'
import type { Outcome } from '../execution/outcome.ts'
import { type Proposal, proposalOf } from '../execution/proposal.ts'
import type { ReplicatedState } from '../execution/replicated-state.ts'
import type { Read } from '../reading/round.ts'
import type { DiskHealth } from '../records/disk-health.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import { Lane } from '../shared/lane.ts'
import type { Life } from '../shared/life.ts'
import { ReplicaError, type ReplicaErrorCode } from '../shared/replica-error.ts'
import { messageOf } from '../shared/thrown.ts'
import type { ClockWait } from './clock-wait.ts'
import {
  type Inspected,
  type InspectedCommand,
  type Inspector,
  inspectCommand,
  inspectDue,
  inspectPayload,
  malformed,
  noClock,
} from './inspect-payload.ts'
import type { Isolation } from './isolation.ts'
import type { Proposals } from './proposals.ts'
import type { Refusal } from './refusal.ts'

export interface ReceptionPorts extends Inspector {
  readonly life: Life
  readonly isolation: Isolation
  readonly clockWait: ClockWait
  readonly disk: Pick<DiskHealth, 'reason'>
  readonly proposals: Proposals
  readonly state: ReplicatedState
  /** Runs a piece of work in a turn: commands that a program proposes together are finished together. */
  gather(run: () => void): void
}

const replaced: Refusal = { code: 'notReady', reason: 'this replica is loading the state of another one' }

/** Takes a read to be answered by quorum; or does not, and it goes as a command. */
export type TakesRead = (read: Read) => boolean

/**
 * The entrance for commands and queries: connections and the host program call it. A refused command was never
 * proposed.
 */
export class Reception {
  readonly #ports: ReceptionPorts
  /** The lane of this replica's own commands. */
  readonly #lane = new Lane<Proposal>()

  constructor(ports: ReceptionPorts) {
    this.#ports = ports
  }

  /** Takes clients' commands in, as many as there is room for, and refuses the others. */
  take<P extends Proposal>(some: readonly P[], refused: (proposal: P, refusal: Refusal) => void): void {
    const { proposals } = this.#ports
    const refusal = this.#refusal()
    for (const proposal of some) {
      if (refusal !== undefined) refused(proposal, refusal)
      else if (!proposals.hasRoomFor(proposal))
        refused(proposal, { code: 'overloaded', reason: `${proposals.length} commands wait to be proposed here` })
      else proposals.add(proposal)
    }
  }

  /**
   * Proposes a command of the host program, and returns its result once it is executed here.
   * @param read takes a command that only reads to be answered by quorum, or does not
   * @throws ReplicaError: any code but `unknown` means that it was not, and will not be, proposed
   */
  propose(command: unknown, read: TakesRead = () => false): Promise<unknown> {
    const { codec, clockWait } = this.#ports
    return new Promise((resolve, reject) => {
      const refuse = ({ code, reason }: Refusal) => reject(new ReplicaError(code, reason))
      const bytes = codec.encodeData(command)
      const take = (mayWait: boolean) => {
        const found = this.inspect(bytes)
        if (found === noClock && mayWait && this.#refusal() === undefined && clockWait.wait(() => take(false))) return
        if ('code' in found) refuse(found)
        else this.#proposeInspected(found, read, resolve, reject)
      }
      take(true)
    })
  }

  #proposeInspected(
    found: Inspected,
    read: TakesRead,
    resolve: (result: unknown) => void,
    reject: (error: ReplicaError) => void,
  ): void {
    const { codec, gather } = this.#ports
    const refuse = ({ code, reason }: { code: ReplicaErrorCode; reason: string }) =>
      reject(new ReplicaError(code, reason))
    gather(() => {
      const payload = encodeEnvelope(codec, envelopes.command(found.command), found.payload)
      const told = {
        dropped: (reason: string) => refuse({ code: 'notReady', reason }),
        executed: (outcome: Outcome) => {
          // A command without a session has a result, or fails.
          if ('answer' in outcome) resolve(codec.decodeData(outcome.answer))
          else refuse({ code: applyFailed, reason: applyFailedReason })
        },
        abandoned: () =>
          refuse({ code: 'unknown', reason: 'the replica ended while the command was under way: it may be executed' }),
      }
      const asCommand = () => this.take([proposalOf(payload, found.footprint, told)], (_, refusal) => refuse(refusal))
      const isTaken =
        found.footprint.writes.length === 0 &&
        this.mayRead &&
        read({
          keys: found.footprint.reads,
          run: () => this.#ports.state.readHere(found.command),
          answered: told.executed,
          asCommand,
          dropped: told.dropped,
        })
      if (!isTaken) asCommand()
    })
  }

  /**
   * Proposes a command of this replica itself. Its result is dropped. Such commands are few, and a full queue of
   * clients does not keep them out.
   * @param own its footprint beside sessions
   * @param settled it was executed, or never will be
   */
  proposeOwn(envelope: Envelope, own: Footprint, settled: () => void): void {
    if (this.#refusal() !== undefined) settled()
    else this.#addOwn(encodeEnvelope(this.#ports.codec, envelope), footprintOf(envelope, own), settled)
  }

  /** Proposes a command that the state machine has due. One that is no sound command is reported. */
  proposeDue(command: unknown, settled: () => void): void {
    const { codec, stateMachine } = this.#ports
    if (this.#refusal() !== undefined) {
      settled()
      return
    }
    const payload = attempt(() => codec.encodeData(command))
    const found = payload instanceof CodecError ? malformed(payload) : inspectDue(payload, this.#ports)
    if ('code' in found) {
      stateMachine.dueRefused(found.reason)
      settled()
    } else
      this.#addOwn(encodeEnvelope(codec, envelopes.command(found.command), found.payload), found.footprint, settled)
  }

  #addOwn(payload: Uint8Array, footprint: Footprint, settled: () => void): void {
    const told = { executed: settled, dropped: settled, abandoned: settled }
    this.#ports.proposals.add(proposalOf(payload, footprint, told, this.#lane))
  }

  /** Answers a command that only reads from the state here and now, encoded, or refuses it. */
  query(payload: Uint8Array): { readonly answer: Uint8Array } | Refusal {
    const { life, state } = this.#ports
    if (life.state !== 'voting' && life.state !== 'draining') return this.#notYet
    if (state.isBehindItself) return replaced
    const found = this.inspect(payload)
    if ('code' in found) return found
    const { writes } = found.footprint
    if (writes === 'all' || writes.length > 0)
      return { code: 'notReadOnly', reason: 'a query only reads, and this command writes: it has to be proposed' }
    try {
      return { answer: state.query(found.command) }
    } catch (error) {
      return { code: applyFailed, reason: `the state machine failed on the query: ${messageOf(error)}` }
    }
  }

  /** Whether commands that only read may be answered by quorum now (section 5a). */
  get mayRead(): boolean {
    return !this.#ports.stateMachine.readsAsCommands && this.#refusal() === undefined
  }

  /** Inspects an encoded command: returns it ready to be proposed, or the refusal. */
  inspect(payload: Uint8Array): Inspected | Refusal {
    return inspectPayload(payload, this.#ports)
  }

  /** Inspects a command that is decoded already. */
  inspectCommand(command: unknown, bytes: number): InspectedCommand | Refusal {
    return inspectCommand(command, bytes, this.#ports)
  }

  get #notYet(): Refusal {
    const { state } = this.#ports.life
    const reason = state === 'loading' ? 'this replica votes, and its state loads' : `this replica is ${state}`
    return { code: 'notReady', reason }
  }

  /** The refusal of every command now, if there is one. */
  #refusal(): Refusal | undefined {
    const { life, isolation, disk } = this.#ports
    const { state } = life
    if (state === 'draining') return { code: 'draining', reason: 'this replica is being stopped' }
    if (state !== 'voting') return this.#notYet
    if (this.#ports.state.isReplaced) return replaced
    const reason = isolation.reason ?? disk.reason
    return reason === undefined ? undefined : { code: 'notReady', reason }
  }
}
