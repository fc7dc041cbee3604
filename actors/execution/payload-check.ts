import { type Command, coversAll, type Footprint } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import { type Envelope, footprintOf, noFootprint } from '../../machines/protocol/envelope.ts'
import { envelopeFault } from '../../machines/protocol/envelope-fault.ts'
import { CodecError } from '../../net/codec.ts'
import type { ReplicatedState } from './replicated-state.ts'

export interface PayloadCheckPorts {
  readonly state: Pick<ReplicatedState, 'list' | 'read'>
  /** The footprint of a command by the state machine here; undefined when it has no sound one. */
  footprintOf(command: unknown): Footprint | undefined
  /** Number of replicas of the epoch. */
  readonly replicas: number
}

/**
 * The check of a command that a peer sends, before this replica votes for it or stores it
 * ([rule 7.1](../../machines/protocol/README.md#rule-7-1)). One that cannot be decoded, or that touches more
 * than its footprint says, would stop every replica that executes it. What is decoded here is dropped: the state machine
 * has seen it, and may have changed it.
 */
export class PayloadCheck {
  readonly #ports: PayloadCheckPorts

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
      for (const each of this.#footprints(envelope)) if (each !== undefined) touched.push(each)
    }
    if (coversAll(footprint, touched)) return undefined
    return 'its commands touch keys that its footprint does not name'
  }

  #read(payload: Uint8Array): Envelope | string {
    const { state, replicas } = this.#ports
    try {
      const list = state.list(payload)
      return envelopeFault(list, replicas) ?? state.read(list)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return error.message
    }
  }

  /** What a payload touches, by its own content. A state machine that does not say so here contradicts nobody. */
  #footprints(envelope: Envelope): readonly (Footprint | undefined)[] {
    const { footprintOf: ofCommand } = this.#ports
    if (envelope[0] === 5) return [ofCommand(envelope[1])]
    const own = footprintOf(envelope, noFootprint)
    return envelope[0] === 8 ? [own, ...envelope[4].map(ofCommand)] : [own]
  }
}
