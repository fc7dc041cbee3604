import type { Rejection, RejectionCode } from '../../machines/protocol/admission.ts'
import type { Value } from '../../machines/protocol/commands.ts'
import { type Dependencies, sameDependencies } from '../../machines/protocol/dependencies.ts'
import { InvariantError } from '../../machines/protocol/errors.ts'
import { type InstanceId, type InstanceKey, keyOf } from '../../machines/protocol/instance-id.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import { sameValue } from '../../machines/protocol/votes.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'

export interface DistrustPorts {
  readonly membership: Membership
  readonly limits: Limits
  now(): number
  /** Reports an event to the operator. */
  log(event: ReplicaEvent): void
}

/** A decision that peers have told, and that is another one than the decision here. */
interface OtherDecision {
  readonly cmd: Value | undefined
  readonly dep: Dependencies
  readonly by: Set<Rank>
}

/** Rejections that honest peers meet: one side lags behind the other. */
const usual: ReadonlySet<RejectionCode> = new Set(['beyondWindow', 'unannounced', 'answerTooLong'])

/** Ids with contradicting decisions that are remembered. */
const contradictedMax = 64

/**
 * The treatment of peers that say what cannot be ([rule
 * 7.2](../../machines/protocol/README.md#rule-7-2)). The admission calls it about each refused
 * message. A contradiction isolates its sender for a while; this replica stops only when most members say otherwise, so
 * that one peer ends no replica, and no number of peers ends all.
 */
export class Distrust {
  readonly #ports: DistrustPorts
  /** By rank, the time until which the peer is not heard. */
  readonly #untilMs: number[]
  /** By rank, the time of the last event about a refused message. */
  readonly #toldMs: number[]
  readonly #others = new Map<InstanceKey, OtherDecision[]>()

  constructor(ports: DistrustPorts) {
    this.#ports = ports
    const { members } = ports.membership
    this.#untilMs = members.map(() => Number.NEGATIVE_INFINITY)
    this.#toldMs = members.map(() => Number.NEGATIVE_INFINITY)
  }

  /** Whether nothing of this peer is taken in now. */
  ignores(peer: Rank): boolean {
    return this.#ports.now() < this.#untilMs[peer]!
  }

  /** Reports a refused message to the operator, unless one of the same peer was reported a moment ago. */
  refused(peer: Rank, { type }: Message, { code, text }: Rejection): void {
    const { membership, limits, now, log } = this.#ports
    if (usual.has(code) || code === 'contradiction' || now() - this.#toldMs[peer]! < limits.distrustMs) return
    this.#toldMs[peer] = now()
    log({ code: 'messageRefused', peer: membership.members[peer]!, message: type, reason: code, detail: text })
  }

  /** Isolates a peer that contradicts what is known here. */
  contradicted(peer: Rank, detail: string): void {
    const { membership, limits, now, log } = this.#ports
    this.#untilMs[peer] = now() + limits.distrustMs
    log({ code: 'peerContradicts', peer: membership.members[peer]!, detail, forMs: limits.distrustMs })
  }

  /**
   * Notes that a peer has told another decision for an id than the one that stands here.
   * @throws InvariantError when most members have told the same other one: this replica is the one that is wrong (B4)
   */
  decidedOtherwise(peer: Rank, id: InstanceId, cmd: Value | undefined, dep: Dependencies): void {
    const key = keyOf(id)
    const others = this.#others.get(key) ?? []
    let other = others.find(each => sameDependencies(each.dep, dep) && isSame(each.cmd, cmd))
    if (other === undefined) {
      other = { cmd, dep, by: new Set() }
      others.push(other)
    }
    other.by.add(peer)
    this.#others.set(key, others)
    const [oldest] = this.#others.keys()
    if (this.#others.size > contradictedMax && oldest !== undefined) this.#others.delete(oldest)
    const { n } = this.#ports.membership.quorums
    if (2 * other.by.size > n)
      throw new InvariantError(
        `instance ${id.rank}.${id.index} (by rank) is committed here, and ${other.by.size} of ${n} replicas have committed another command or other dependencies, ${dep}`,
      )
  }
}

const isSame = (a: Value | undefined, b: Value | undefined): boolean => (b === undefined ? a === b : sameValue(a, b))
