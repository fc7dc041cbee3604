import type { Footprint } from '../machines/protocol/commands.ts'
import { type Envelope, footprintOf } from '../machines/protocol/envelope.ts'
import type { ReplicaState } from '../machines/replica/machine.ts'
import { encodeEnvelope } from './encode-envelope.ts'
import { type Inspected, inspectPayload } from './inspect-payload.ts'
import type { ReplicaOptions } from './options.ts'
import type { Parts } from './parts.ts'
import type { Proposal } from './proposals.ts'
import type { Refusal } from './sessions.ts'

export const fullReason = 'the disk of this replica is full'

/** What is asked of a replica, and what it takes in: a command that is refused was never proposed. */
export class Reception {
  readonly #options: ReplicaOptions<unknown, unknown>
  readonly #parts: Pick<Parts, 'isolation' | 'outbox' | 'proposals' | 'state'>
  readonly #replicaState: () => ReplicaState

  constructor(
    options: ReplicaOptions<unknown, unknown>,
    parts: Pick<Parts, 'isolation' | 'outbox' | 'proposals' | 'state'>,
    state: () => ReplicaState,
  ) {
    this.#options = options
    this.#parts = parts
    this.#replicaState = state
  }

  /** Takes a command in, or says why not. */
  take(proposal: Proposal): Refusal | undefined {
    const { isolation, outbox, proposals } = this.#parts
    const state = this.#replicaState()
    if (state === 'draining') return { code: 'draining', reason: 'this replica is being stopped' }
    if (state !== 'voting') return { code: 'notReady', reason: `this replica is ${state}` }
    const { reason } = isolation
    if (reason !== undefined) return { code: 'notReady', reason }
    if (!outbox.hasRoom) return { code: 'notReady', reason: fullReason }
    if (proposals.isFull) return { code: 'overloaded', reason: `${proposals.length} commands wait to be proposed here` }
    proposals.add(proposal)
    return undefined
  }

  /** A command of this replica's own, not of a client: nobody is told of its result. @param settled it was executed, or never will be */
  proposeOwn(envelope: Envelope, own: Footprint, settled: () => void): void {
    const refusal = this.take({
      payload: encodeEnvelope(this.#options.codec, envelope),
      envelope,
      footprint: footprintOf(envelope, own),
      executed: settled,
      dropped: settled,
      abandoned: settled,
    })
    if (refusal !== undefined) settled()
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
    const { stateMachine, codec, limits, clock, wallClock = () => clock.now() } = this.#options
    return inspectPayload(payload, stateMachine, codec, limits, wallClock())
  }
}
