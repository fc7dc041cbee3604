import type { Footprint } from '../../machines/protocol/commands.ts'
import { type Envelope, footprintOf } from '../../machines/protocol/envelope.ts'
import type { ReplicaState } from '../../machines/replica/machine.ts'
import type { Refusal } from '../connections/sessions.ts'
import { type Proposal, proposalOf } from '../execution/parcel.ts'
import type { ReplicaOptions } from '../replica/options.ts'
import type { Parts } from '../replica/parts.ts'
import { encodeEnvelope } from '../shared/encode-envelope.ts'
import {
  type Inspected,
  type InspectedCommand,
  type Inspector,
  inspectCommand,
  inspectPayload,
} from './inspect-payload.ts'
import { Lane } from './lane.ts'

export const fullReason = 'the disk of this replica is full'

/** What is asked of a replica, and what it takes in: a command that is refused was never proposed. */
export class Reception {
  readonly #options: ReplicaOptions<unknown, unknown>
  readonly #parts: Pick<Parts, 'isolation' | 'outbox' | 'proposals' | 'state'>
  readonly #replicaState: () => ReplicaState
  readonly #inspector: Inspector
  /** Of this replica's own commands. */
  readonly #lane = new Lane()

  constructor(
    options: ReplicaOptions<unknown, unknown>,
    parts: Pick<Parts, 'isolation' | 'outbox' | 'proposals' | 'state'>,
    state: () => ReplicaState,
  ) {
    this.#options = options
    this.#parts = parts
    this.#replicaState = state
    const { stateMachine, codec, limits, clock, wallClock = () => clock.now() } = options
    this.#inspector = { stateMachine, codec, limits, nowMs: wallClock }
  }

  /** Takes clients' commands in, as many of them as there is room for, or says why not. */
  take<P extends Proposal>(some: readonly P[], refused: (proposal: P, refusal: Refusal) => void): void {
    const { proposals } = this.#parts
    const refusal = this.#refusal()
    for (const proposal of some) {
      if (refusal !== undefined) refused(proposal, refusal)
      else if (!proposals.hasRoomFor(proposal))
        refused(proposal, { code: 'overloaded', reason: `${proposals.length} commands wait to be proposed here` })
      else proposals.add(proposal)
    }
  }

  /**
   * A command of this replica's own, not of a client: nobody is told of its result. There are few of them, and clients who fill
   * the queue do not keep them out.
   * @param settled it was executed, or never will be
   */
  proposeOwn(envelope: Envelope, own: Footprint, settled: () => void): void {
    if (this.#refusal() !== undefined) {
      settled()
      return
    }
    const payload = encodeEnvelope(this.#options.codec, envelope)
    // As the others read it: what a state machine asks for may be a part of its state, and change until it is executed.
    const parcel = { payload, envelope: this.#parts.state.decode(payload) }
    const told = { executed: settled, dropped: settled, abandoned: settled }
    this.#parts.proposals.add(proposalOf(parcel, footprintOf(envelope, own), told, this.#lane))
  }

  /** Why nothing is taken in now. */
  #refusal(): Refusal | undefined {
    const { isolation, outbox } = this.#parts
    const state = this.#replicaState()
    if (state === 'draining') return { code: 'draining', reason: 'this replica is being stopped' }
    if (state !== 'voting') return { code: 'notReady', reason: `this replica is ${state}` }
    const { reason } = isolation
    if (reason !== undefined) return { code: 'notReady', reason }
    return outbox.hasRoom ? undefined : { code: 'notReady', reason: fullReason }
  }

  /** The result of a command that only reads, from the state here and now, or why there is none. */
  query(payload: Uint8Array): { readonly result: unknown } | Refusal {
    const state = this.#replicaState()
    if (state !== 'voting' && state !== 'draining') return { code: 'notReady', reason: `this replica is ${state}` }
    const found = this.inspect(payload)
    if ('code' in found) return found
    const { writes } = found.footprint
    if (writes === 'all' || writes.length > 0)
      return { code: 'notReadOnly', reason: 'a query only reads, and this command writes: it has to be proposed' }
    return { result: this.#parts.state.query(found.command) }
  }

  /** An encoded command as it is to be proposed, or why it cannot be. */
  inspect(payload: Uint8Array): Inspected | Refusal {
    return inspectPayload(payload, this.#inspector)
  }

  /** The same of one that is decoded already. */
  inspectCommand(command: unknown, bytes: number): InspectedCommand | Refusal {
    return inspectCommand(command, bytes, this.#inspector)
  }
}
