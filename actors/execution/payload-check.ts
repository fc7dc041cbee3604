import { type Command, covers, type Footprint, unionFootprint } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { type Envelope, footprintOf, noFootprint } from '../../machines/protocol/envelope.ts'
import { envelopeFault } from '../../machines/protocol/envelope-fault.ts'
import { type Codec, CodecError } from '../../net/codec.ts'
import type { StateMachine } from '../shared/state-machine.ts'
import type { ReplicatedState } from './replicated-state.ts'

/** The envelope of a larger payload is not kept until it is executed, but decoded again: a copy would cost more. */
const keptBytesMax = 16 * 1024

export interface PayloadCheckPorts {
  readonly codec: Codec
  readonly state: Pick<ReplicatedState, 'read'>
  readonly stateMachine: Pick<StateMachine<unknown, unknown>, 'footprint'>
  /** Number of replicas of the epoch. */
  readonly replicas: number
}

/**
 * The check of a command that a peer sends, before this replica votes for it or stores it
 * ([rule 7.1](../../machines/protocol/README.md#rule-7-1)). One that cannot be decoded, or that touches more
 * than its footprint says, would stop every replica that executes it.
 */
export class PayloadCheck {
  readonly #ports: PayloadCheckPorts
  /** The envelopes of checked payloads until they are executed, so that each is decoded once. */
  readonly #envelopes = new WeakMap<Uint8Array, Envelope>()

  constructor(ports: PayloadCheckPorts) {
    this.#ports = ports
  }

  /**
   * The reason why no replica should execute this command; undefined for a sound one.
   * @param known per row, the highest index that records may go up to; undefined for a command that is decided already
   */
  faultOf({ payloads, footprint }: Command, known: Dependencies | undefined): string | undefined {
    const touched: Footprint[] = []
    for (const payload of payloads) {
      const envelope = this.#read(payload)
      if (typeof envelope === 'string') return envelope
      // n - f members have executed up to an honest floor. Above one that is far too high no floor would ever rise.
      if (envelope[0] === 7 && known?.some((index, rank) => envelope[1][rank]! > index))
        return `records would go up to ${envelope[1]}, and ${known} are known`
      try {
        touched.push(this.#footprint(envelope))
      } catch (error) {
        return `no command of this state machine: ${(error as Error).message}`
      }
      if (payload.length <= keptBytesMax) this.#envelopes.set(payload, envelope)
    }
    if (touched.length === 0 || covers(footprint, unionFootprint(touched))) return undefined
    return 'its commands touch keys that its footprint does not name'
  }

  /** Takes the envelope of a payload that was checked here, if it was kept. */
  take(payload: Uint8Array): Envelope | undefined {
    const envelope = this.#envelopes.get(payload)
    if (envelope !== undefined) this.#envelopes.delete(payload)
    return envelope
  }

  #read(payload: Uint8Array): Envelope | string {
    const { codec, state, replicas } = this.#ports
    try {
      const list = codec.decodeList(payload)
      return envelopeFault(list, replicas) ?? state.read(list)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return error.message
    }
  }

  /** What a payload touches, by its own content. */
  #footprint(envelope: Envelope): Footprint {
    const { stateMachine } = this.#ports
    if (envelope[0] === 5) return unionFootprint([noFootprint, stateMachine.footprint(envelope[1])])
    const own = footprintOf(envelope, noFootprint)
    if (envelope[0] !== 8) return own
    return unionFootprint([own, ...envelope[4].map(command => stateMachine.footprint(command))])
  }
}
