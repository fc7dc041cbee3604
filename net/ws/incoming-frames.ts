import type { Message } from '../../machines/protocol/messages.ts'
import { attempt, type Codec, CodecError } from '../codec.ts'

/** Messages of one link that are worked off before others get their turn. Honest frames seldom have more. */
export const sliceMessages = 256

export interface IncomingFramesPorts {
  readonly codec: Pick<Codec, 'decodeMessages'>
  /** Some messages of a frame, in their order. @param bytes of the whole frame with its first messages, else 0 */
  taken(messages: readonly Message[], bytes: number): void
  malformed(reason: string): void
  /** Stops reading from the link, and reads again. */
  pause(): void
  resume(): void
}

/**
 * The frames of one link, worked off in slices: a frame may hold thousands of messages, and whoever sends many must not
 * hold up everybody else. Between two slices the event loop turns, and meanwhile nothing more is read from this link.
 */
export class IncomingFrames {
  readonly #ports: IncomingFramesPorts
  /** What came while a frame was worked off. */
  readonly #waiting: Uint8Array[] = []
  /** Messages of the frame under way. */
  #rest: readonly Message[] = []
  #isStopped = false

  constructor(ports: IncomingFramesPorts) {
    this.#ports = ports
  }

  take(frame: Uint8Array): void {
    if (this.#isBusy) this.#waiting.push(frame)
    else this.#begin(frame)
    if (this.#isBusy) this.#later()
  }

  /** Takes nothing more; what waits is dropped. */
  stop(): void {
    this.#isStopped = true
    this.#waiting.length = 0
    this.#rest = []
  }

  get #isBusy(): boolean {
    return this.#rest.length > 0 || this.#waiting.length > 0
  }

  #begin(frame: Uint8Array): void {
    const { codec, taken, malformed } = this.#ports
    const messages = attempt(() => codec.decodeMessages(frame))
    if (messages instanceof CodecError) {
      malformed(messages.message)
      return
    }
    const isLong = messages.length > sliceMessages
    if (isLong) this.#rest = messages.slice(sliceMessages)
    taken(isLong ? messages.slice(0, sliceMessages) : messages, frame.length)
  }

  #isSet = false
  #later(): void {
    if (this.#isSet || this.#isStopped) return
    this.#isSet = true
    this.#ports.pause()
    setImmediate(() => {
      this.#isSet = false
      if (!this.#isStopped) this.#slice()
    })
  }

  #slice(): void {
    const { taken, resume } = this.#ports
    if (this.#rest.length > 0) {
      const some = this.#rest.slice(0, sliceMessages)
      this.#rest = this.#rest.slice(sliceMessages)
      taken(some, 0)
    } else this.#begin(this.#waiting.shift()!)
    if (this.#isBusy) this.#later()
    else if (!this.#isStopped) resume()
  }
}
