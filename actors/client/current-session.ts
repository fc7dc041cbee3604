import type { Request } from './request.ts'
import { ClientSession } from './session.ts'

const noBytes = new Uint8Array(0)

/** The current session, in which a client numbers its commands: none at first, and none after it expired. */
export class CurrentSession {
  #session: ClientSession | undefined
  #isOpening = false

  /** Its name; undefined while there is none. */
  get name(): string | undefined {
    return this.#session?.name
  }

  get isOpen(): boolean {
    return this.#session !== undefined
  }

  opened(name: string): void {
    this.#isOpening = false
    this.#session = new ClientSession(name)
  }

  expired(session: ClientSession | undefined): void {
    if (this.#session === session) this.#session = undefined
  }

  /** Numbers a command, unless it has a number; false while there is no session, or no room in its window. */
  place(request: Request): boolean {
    if (request.place !== undefined) return mayGoAgain(request)
    const session = this.#session
    if (session === undefined || session.isFull) return false
    request.place = { session, sequence: session.next() }
    return true
  }

  /**
   * The request for a session, to be sent to any replica; undefined while one is on its way.
   * @param failed called when the request failed: waiting commands may ask again
   */
  begin(timeoutMs: number, nowMs: number, failed: () => void): Request | undefined {
    if (this.#isOpening) return undefined
    this.#isOpening = true
    return {
      kind: 'openSession',
      payload: noBytes,
      isData: false,
      timeoutMs,
      deadlineMs: nowMs + timeoutMs,
      sent: 0,
      place: undefined,
      heldAt: undefined,
      resolve: () => undefined,
      reject: () => {
        this.#isOpening = false
        failed()
      },
    }
  }
}

/** A command that was refused for answers not acknowledged yet waits until some are, or it is the lowest itself. */
function mayGoAgain({ place, heldAt }: Request): boolean {
  if (place === undefined || heldAt === undefined) return true
  const { floor } = place.session
  return floor > heldAt || place.sequence === floor + 1
}
