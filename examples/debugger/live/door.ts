import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { type Door, type Doorway, quorumsOf, SwitchableTap, type Tap, tapPath } from '../../../index.ts'
import { encodeLine } from '../trace/codec.ts'
import { Encoder, type ShowPayload } from '../trace/encode.ts'
import { type Id, type TraceHeader, traceVersion } from '../trace/format.ts'
import { inspectInstance } from './deep-inspection.ts'
import { Feed } from './feed.ts'
import { tapLimits } from './limits.ts'
import { standingIn } from './standing.ts'
import { Viewer } from './viewer.ts'

export interface LookOptions {
  /** Lets in who is not on this machine; left out: nobody but loopback. */
  readonly token?: string | undefined
  /** Only with this may somebody ask to be shown values. */
  readonly show?: ShowPayload | undefined
}

export interface TapDoorOptions<C, R> extends Doorway<C, R>, LookOptions {
  readonly tap: SwitchableTap
}

/**
 * Options of `createNode` that let debuggers look at the node: `createNode({ ...debuggable(), id, members, ... })`. With nobody
 * looking they cost the replica a check.
 */
export function debuggable(options: LookOptions = {}): {
  readonly tap: Tap
  readonly doors: readonly [<C, R>(at: Doorway<C, R>) => ReturnType<Door<C, R>>]
} {
  const tap = new SwitchableTap()
  return { tap: tap.tap, doors: [at => openTapDoor({ ...at, ...options, tap })] }
}

/** The first line that a door says, beside the header of the trace. */
export interface DoorHeader extends TraceHeader {
  readonly at: number
  /** Where the members are, by number. */
  readonly endpoints: { readonly [member: string]: string }
}

/**
 * Lets those in who want to look at this replica, on a path of its own server. They change nothing; who reads too slowly is cut
 * off. From this machine it needs nothing; from elsewhere a token. No page of a browser comes in: the debugger's program does.
 * @returns what closes it
 */
export function openTapDoor<C, R>(options: TapDoorOptions<C, R>): () => void {
  const { server, tap, replica, id, members, log } = options
  const ids = [...members.keys()].sort((a, b) => a - b)
  const masked = new Encoder(ids)
  const beganMs = performance.timeOrigin
  const nowMs = () => Math.round(performance.now() * 1_000) / 1_000
  const feed = new Feed({
    at: id,
    rank: ids.indexOf(id),
    n: ids.length,
    tap,
    encoder: options.show === undefined ? masked : new Encoder(ids, options.show),
    nowMs,
    standing: () => ({ kind: 'standing', ms: nowMs(), at: id, ...standingIn(replica, masked) }),
  })
  const inspect = (asked: Id): (() => void) =>
    inspectInstance(replica.actor, ids, asked, event => feed.emit({ kind: 'deep', ms: nowMs(), at: id, ...event }))
  return server.route(tapPath, {
    frameBytesMax: tapLimits.viewerFrameBytesMax,
    connectionsMax: tapLimits.viewersMax,
    refuses: request => refusalOf(request, options.token),
    accepted(socket: WebSocket, remote: string) {
      log({ code: 'viewerConnected', remote })
      const viewer = new Viewer(socket, inspect, () => log({ code: 'viewerTooSlow', remote }))
      viewer.follow(feed, encodeLine(headerOf(options, ids, beganMs)))
    },
    failed: () => undefined,
  })
}

/** What the trace of this replica begins with. */
function headerOf<C, R>(options: TapDoorOptions<C, R>, ids: readonly number[], beganMs: number): DoorHeader {
  const { slow, fast } = quorumsOf(ids.length)
  const { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs } = options.limits
  return {
    trace: 'epaxos',
    version: traceVersion,
    source: 'live',
    title: options.cluster,
    members: ids,
    names: ids.map(String),
    quorums: { slow, fast },
    beganMs,
    values: options.show === undefined ? 'masked' : 'shown',
    limits: { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs },
    at: options.id,
    endpoints: Object.fromEntries(options.members),
  }
}

/** Who may look. @returns the HTTP status that refuses a request */
export function refusalOf(request: IncomingMessage, token: string | undefined): number | undefined {
  // Browsers name the page that asks; the debugger's program is none.
  if (request.headers.origin !== undefined) return 403
  const { remoteAddress = '' } = request.socket
  if (/^(127\.|::1$|::ffff:127\.)/.test(remoteAddress)) return undefined
  if (token === undefined) return 403
  const given = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b) ? undefined : 401
}
