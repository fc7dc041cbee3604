import { ballotJumpMax, nextBallot } from '../../../machines/protocol/ballots.ts'
import { type Dependencies, normalised } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import type { Message, MessageOf } from '../../../machines/protocol/messages.ts'
import type { Plan } from './plan.ts'
import type { Draw } from './random.ts'

/** No index or ballot is this high. */
const far = 2 ** 50

/** How often a message of a liar lies, and how often a frame of it has one more message. */
const liesShare = 0.2
const addedShare = 0.1

/**
 * Members whose messages carry lying numbers. Their votes, decisions and promises stay what they are: a lie about those
 * breaks Agreement by nature. What is told of progress may say anything.
 */
export class Liars {
  readonly #n: number
  readonly #draw: Draw
  readonly #lying = new Set<ReplicaId>()

  constructor({ n }: Pick<Plan, 'n'>, draw: Draw) {
    this.#n = n
    this.#draw = draw
  }

  /** @returns false when as many lie already as there may */
  begin(member: ReplicaId): boolean {
    if (this.#lying.has(member) || this.#lying.size >= Math.floor((this.#n - 1) / 2)) return false
    this.#lying.add(member)
    return true
  }

  end(member: ReplicaId): void {
    this.#lying.delete(member)
  }

  endAll(): void {
    this.#lying.clear()
  }

  /** What leaves instead of these messages. */
  saying(from: ReplicaId, to: ReplicaId, messages: readonly Message[]): readonly Message[] {
    if (!this.#lying.has(from)) return messages
    const told = messages.map(message => (this.#draw.chance(liesShare) ? this.#lie(from - 1, message) : message))
    return this.#draw.chance(addedShare) ? [...told, this.#added(from - 1, to - 1, messages)] : told
  }

  #lie(self: number, message: Message): Message {
    switch (message.type) {
      case 'heartbeat':
        return this.#heartbeat(self, message)
      case 'preAcceptOk':
        // A vote with more dependencies is one for the slow path; with fewer it would be another vote.
        return { ...message, dep: normalised(message.id, this.#raised(message.dep)) }
      case 'nack':
        return { ...message, bal: this.#number(message.bal, ballotJumpMax) + this.#n }
      case 'fetch':
        return { ...message, from: this.#numbers(message.from), to: this.#numbers(message.to) }
      case 'fetchEnd':
        return { ...message, upTo: this.#numbers(message.upTo), floor: this.#numbers(message.floor) }
      default:
        return message
    }
  }

  /** Its own progress is what it has on disk, and told as that (S1): a lie may say less of it, never more. */
  #heartbeat(self: number, message: MessageOf<'heartbeat'>): Message {
    const { known, executed, barrier = 0 } = message
    const lyingKnown = this.#numbers(known).with(self, this.#draw.whole(0, known[self]!))
    switch (this.#draw.whole(0, 4)) {
      case 0:
        return { ...message, known: lyingKnown }
      case 1:
        return { ...message, known: lyingKnown, barrier: this.#number(barrier, 40) }
      case 2:
        return { ...message, executed: executed.map(index => this.#draw.whole(0, index)) }
      case 3:
        return { ...message, canVote: this.#draw.chance(0.5), inStep: this.#draw.chance(0.5) }
      default:
        // A promise may be left out, and comes into force later than it would; more than was promised breaks it.
        return { ...message, raised: known.map(() => 0), raisedFrom: far }
    }
  }

  /** A message that the replica has no reason to send, about an instance that the frame may be about. */
  #added(self: number, to: number, messages: readonly Message[]): Message {
    const draw = this.#draw
    const about = messages.find(message => 'id' in message)
    const id = about !== undefined && draw.chance(0.5) ? about.id : this.#anyId()
    switch (draw.whole(0, 4)) {
      case 0:
        return { type: 'tryRecover', id }
      case 1:
        return { type: 'stable', id }
      case 2:
        return {
          type: 'recover',
          id,
          bal: nextBallot(draw.whole(0, 3) * draw.pick([1, 10, ballotJumpMax / 8]), self, this.#n),
        }
      case 3:
        // Replies to nobody: at ballot 0 the coordinator alone has an attempt.
        return { type: 'acceptOk', id: { ...id, rank: (to + 1) % this.#n }, bal: 0 }
      default:
        return { type: 'nack', id, bal: this.#number(0, ballotJumpMax) + this.#n }
    }
  }

  #anyId(): InstanceId {
    const index = Math.max(1, this.#number(this.#draw.whole(1, 40), 20))
    return { epoch: 1, rank: this.#draw.whole(0, this.#n - 1), index }
  }

  #raised(vector: Dependencies): Dependencies {
    const row = this.#draw.whole(0, this.#n - 1)
    return vector.with(row, Math.max(vector[row]!, this.#number(vector[row]!, 20)))
  }

  #numbers(vector: Dependencies): Dependencies {
    return vector.map(number => (this.#draw.chance(0.5) ? this.#number(number, 40) : number))
  }

  /** A number that is too high, too low, or far too high. */
  #number(number: number, by: number): number {
    const draw = this.#draw
    if (draw.chance(0.05)) return far
    return draw.chance(0.3) ? draw.whole(0, number) : number + draw.whole(0, by)
  }
}
