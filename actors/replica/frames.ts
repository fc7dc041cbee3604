import { Fifo } from '../../machines/execution/fifo.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Timers } from '../shared/timers.ts'
import { weightOf } from '../state/work-slice.ts'

export interface FramesPorts {
  readonly timers: Pick<Timers, 'set'>
  /** Takes in messages of one peer, in the turn that is under way. */
  route(from: Rank, messages: readonly Message[]): void
}

/** Weight of what one turn takes in, about: some milliseconds of work. A key of a command weighs 1. */
const turnWeightMax = 512
const pauseMs = 1
/** Weight of the messages that may wait. Beyond it they are taken in with the frames that come, however long that takes. */
const waitingWeightMax = 512 * turnWeightMax

interface Frame {
  readonly from: Rank
  readonly messages: readonly Message[]
  /** Messages that were taken in. */
  taken: number
}

/**
 * The frames of peers, of which one turn takes in so much: a frame for a replica that has missed much holds a thousand
 * commits, of many commands each. The rest waits, in the order of its arrival, for turns of its own, and votes, timers and
 * clients come in between.
 */
export class Frames {
  readonly #ports: FramesPorts
  readonly #waiting = new Fifo<Frame>()
  /** The frame of which a part was taken in. */
  #begun: Frame | undefined
  #weight = 0
  #isSet = false

  constructor(ports: FramesPorts) {
    this.#ports = ports
  }

  /** Called within a turn when a frame has come. */
  take(from: Rank, messages: readonly Message[]): void {
    if (messages.length === 0) return
    this.#waiting.add({ from, messages, taken: 0 })
    this.#weight += messages.reduce((sum, message) => sum + weightOfMessage(message), 0)
    if (!this.#isSet) this.#work()
    while (this.#weight > waitingWeightMax) this.#work()
  }

  /** Takes in all that waits: what comes next has to find it done. */
  finish(): void {
    while (this.#next() !== undefined) this.#work()
  }

  #next(): Frame | undefined {
    this.#begun ??= this.#waiting.take()
    return this.#begun
  }

  /** Takes in what one turn may, and sets a turn for the rest. */
  #work(): void {
    let weight = 0
    for (let frame = this.#next(); frame !== undefined && weight < turnWeightMax; frame = this.#next()) {
      const from = frame.taken
      do weight += weightOfMessage(frame.messages[frame.taken++]!)
      while (weight < turnWeightMax && frame.taken < frame.messages.length)
      const isWhole = frame.taken === frame.messages.length
      if (isWhole) this.#begun = undefined
      this.#ports.route(frame.from, isWhole && from === 0 ? frame.messages : frame.messages.slice(from, frame.taken))
    }
    this.#weight -= weight
    if (this.#next() !== undefined) this.#later()
  }

  #later(): void {
    if (this.#isSet) return
    this.#isSet = true
    this.#ports.timers.set(pauseMs, () => {
      this.#isSet = false
      this.#work()
    })
  }
}

const weightOfMessage = (message: Message): number => weightOf('cmd' in message ? message.cmd : undefined)
