import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Comparison } from '../execution/comparison.ts'
import type { Admission } from '../instances/admission.ts'
import type { Heard } from '../instances/heard.ts'
import type { Stepper } from '../instances/stepper.ts'
import type { Suspicion } from '../instances/suspicion.ts'
import type { QuorumReads } from '../reading/quorum-reads.ts'
import type { ClusterClock } from '../records/cluster-clock.ts'
import type { Distrust } from '../records/distrust.ts'
import type { Links } from '../records/links.ts'
import type { PeerStores } from '../records/peer-stores.ts'
import type { Tap } from '../shared/tap.ts'
import type { CatchUp } from '../state/catch-up.ts'
import type { Offers } from '../state/offers.ts'
import type { SnapshotTransfer } from '../state/snapshot-transfer.ts'
import type { Heartbeat } from './heartbeat.ts'

export interface DispatchPorts {
  readonly membership: Membership
  readonly links: Links
  readonly distrust: Pick<Distrust, 'ignores'>
  readonly peerStores: PeerStores
  readonly clusterClock: ClusterClock
  readonly suspicion: Suspicion
  readonly heard: Heard
  readonly admission: Admission
  readonly stepper: Pick<Stepper, 'deliver'>
  readonly catchUp: CatchUp
  readonly transfer: SnapshotTransfer
  readonly offers: Offers
  readonly comparison: Comparison
  readonly reads: QuorumReads
  readonly heartbeat: Heartbeat
  readonly tap: Tap | undefined
  now(): number
}

/** Takes the messages of peers in, and gives each to the part that it is for. */
export class Dispatch {
  readonly #ports: DispatchPorts

  constructor(ports: DispatchPorts) {
    this.#ports = ports
  }

  /**
   * Routes the messages of one frame of a peer. A peer fetches one thing at a time, so that of several requests for commits,
   * or for parts of a checkpoint, the last one counts: their answers are large.
   */
  route(from: Rank, messages: readonly Message[]): void {
    if (this.#ports.distrust.ignores(from)) return
    this.#ports.links.heard(from, this.#ports.now())
    let fetch: Message | undefined
    let fetchSnapshot: Message | undefined
    for (const message of messages) {
      if (message.type === 'fetch') fetch = message
      else if (message.type === 'fetchSnapshot') fetchSnapshot = message
      else this.#deliver(from, message)
    }
    if (fetch !== undefined) this.#deliver(from, fetch)
    if (fetchSnapshot !== undefined) this.#deliver(from, fetchSnapshot)
  }

  #deliver(from: Rank, message: Message): void {
    const { membership, peerStores, catchUp, transfer, offers, comparison, reads, stepper, heartbeat, tap } =
      this.#ports
    if (!('id' in message)) tap?.received?.(from, message)
    switch (message.type) {
      case 'heartbeat':
        this.#heartbeat(from, message)
        return
      case 'fetch':
        if (this.#isVector(from, message, message.from) && this.#isVector(from, message, message.to))
          catchUp.serve(from, message)
        return
      case 'fetchEnd':
        if (this.#isVector(from, message, message.floor)) catchUp.ended(from, message)
        return
      case 'fetchSnapshot':
        offers.serve(from, message)
        return
      case 'snapshotChunk':
        transfer.chunk(from, message)
        return
      case 'digest':
        if (this.#isPoint(from, message)) comparison.told(from, message)
        return
      case 'readAsk':
        reads.asked(from, message)
        return
      case 'readSeen':
        if (this.#isVector(from, message, message.seen)) reads.seen(from, message)
        return
      case 'stores':
        peerStores.told(membership.members[from]!, message)
        return
      default:
        peerStores.tookPart(membership.members[from]!)
        if (stepper.deliver(from, message)) heartbeat.tell(from)
    }
  }

  #heartbeat(from: Rank, message: MessageOf<'heartbeat'>): void {
    const { links, clusterClock, suspicion, heard } = this.#ports
    if (!this.#isVector(from, message, message.known) || !this.#isVector(from, message, message.executed)) return
    if (!this.#isVector(from, message, message.raised)) return
    clusterClock.claimed(from, message.clock)
    suspicion.changed(links.heartbeat(from, message))
    heard.announced(from, message.known[from]!)
  }

  #isPoint(from: Rank, message: MessageOf<'digest'>): boolean {
    const { membership, admission } = this.#ports
    const { epoch, rank, index } = message.point
    if (epoch === membership.epoch && rank < membership.quorums.n && index > 0) return true
    admission.reject(from, message, { code: 'noInstance', text: `no instance ${rank}.${index} in epoch ${epoch}` })
    return false
  }

  #isVector(from: Rank, message: Message, vector: Dependencies): boolean {
    const { membership, admission } = this.#ports
    const { n } = membership.quorums
    if (vector.length === n) return true
    admission.reject(from, message, { code: 'vectorLength', text: `a vector of ${vector.length} replicas, not ${n}` })
    return false
  }
}
