import { WebSocket } from 'ws'
import { endpointUrl, tapPath } from '../../../index.ts'
import { decodeEvent, decodeHeader } from '../trace/codec.ts'
import type { TraceEvent } from '../trace/format.ts'
import type { DoorHeader } from './door.ts'
import { tapLimits } from './limits.ts'

export interface AttachOptions {
  /** For doors that are not on this machine. */
  readonly token?: string | undefined
  /** The door is open; again after each time that it was lost. */
  opened(header: DoorHeader): void
  /** What the replica does, in its order; times are its own (`header.beganMs`). */
  events(events: readonly TraceEvent[]): void
  /** The door is lost, and why; it is tried again. */
  lost(why: string): void
}

/** Somebody who looks at one replica. */
export interface Attachment {
  /** Asks for all that XState tells of one instance there; undefined: no more. */
  deep(id: string | undefined): void
  close(): void
}

const ended = 'the replica ended the connection'

/** Why a door stays shut. */
function refusalInWords(status: number | undefined): string {
  if (status === 404)
    return 'nobody can look at this replica: there is no door for debuggers (`createNode({ ...debuggable(), ... })` has one)'
  if (status === 401 || status === 403)
    return `it does not let this program look (${status}): give its --tap-token as --token`
  return `it answers ${status} to a debugger`
}

/**
 * Looks at one replica, and goes on after it was lost.
 * @param endpoint as clients name it: `ws://127.0.0.1:7101`
 * @throws EpaxosError `badEndpoint`
 */
export function attach(endpoint: string, options: AttachOptions): Attachment {
  const url = endpointUrl(endpoint, tapPath)
  let socket: WebSocket | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function dial(): void {
    const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
    const own = new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout: 2_000 })
    socket = own
    let line = 0
    let why = ended
    // After a suspend, or when the network has changed, no end of a connection may ever come.
    let isHeard = true
    const pings = setInterval(() => {
      if (!isHeard) {
        why = `nothing was heard for ${tapLimits.viewerPingMs} ms`
        own.terminate()
        return
      }
      isHeard = false
      if (own.readyState === WebSocket.OPEN) own.ping()
    }, tapLimits.viewerPingMs)
    own.on('pong', () => {
      isHeard = true
    })
    own.on('message', (data, isBinary) => {
      isHeard = true
      if (isBinary) return
      try {
        const lines = String(data).split('\n')
        lines.pop()
        if (line === 0) options.opened(decodeHeader(lines.shift()!) as DoorHeader)
        const first = line === 0 ? 2 : line + 1
        line = first + lines.length - 1
        if (lines.length > 0) options.events(lines.map((each, at) => decodeEvent(each, first + at)))
      } catch (error) {
        why = error instanceof Error ? error.message : String(error)
        own.terminate()
      }
    })
    own.on('unexpected-response', (_, { statusCode }) => {
      why = refusalInWords(statusCode)
      own.terminate()
    })
    own.on('error', error => {
      if (why === ended) why = error.message
    })
    own.on('close', () => {
      clearInterval(pings)
      if (isClosed || socket !== own) return
      options.lost(why)
      if (!isClosed) timer = setTimeout(dial, tapLimits.redialDelayMs)
    })
  }

  dial()
  return {
    deep(id) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ deep: id ?? null }))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.terminate()
    },
  }
}
