import type { WebSocket } from 'ws'
import type { Id } from '../trace/format.ts'
import type { Feed } from './feed.ts'
import { tapLimits } from './limits.ts'

/**
 * The connection of one who looks at a replica; the door makes one for each. It follows the feed, inspects one instance at a time
 * when it is asked to, and cuts off who reads too slowly.
 */
export class Viewer {
  readonly #socket: WebSocket
  readonly #tooSlow: () => void
  #leave = (): void => {}
  #endInspection = (): void => {}

  /**
   * @param inspect begins to tell all of one instance, to everybody who looks, and returns what ends that
   * @param tooSlow the viewer is cut off
   */
  constructor(socket: WebSocket, inspect: (id: Id) => () => void, tooSlow: () => void) {
    this.#socket = socket
    this.#tooSlow = tooSlow
    socket.on('error', () => socket.terminate())
    socket.on('message', data => {
      this.#endInspection()
      const asked = askedIn(String(data))
      this.#endInspection = asked === undefined ? () => {} : inspect(asked)
    })
    socket.on('close', () => {
      this.#leave()
      this.#endInspection()
    })
  }

  /** Sends the header, and from then on what the feed tells. */
  follow(feed: Feed, header: string): void {
    this.#send(header)
    this.#leave = feed.subscribe(lines => this.#send(lines))
  }

  #send(lines: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > tapLimits.viewerQueueBytesMax) {
      this.#tooSlow()
      this.#leave()
      this.#socket.terminate()
    } else this.#socket.send(lines)
  }
}

/** The instance of which a viewer asks for all that XState tells: `{"deep":"3.17"}`; `{"deep":null}` ends that. */
function askedIn(text: string): Id | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'deep' in value && typeof value.deep === 'string')
      return value.deep
  } catch {
    // It asks for nothing that is known here.
  }
  return undefined
}
