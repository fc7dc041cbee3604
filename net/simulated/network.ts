import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Codec } from '../codec.ts'
import type { Greeting, Transport, TransportEvents } from '../transport.ts'

/** The fate of one frame: the delays after which it arrives; none when it is lost, two when repeated. */
export type Fate = (from: ReplicaId, to: ReplicaId, messages: readonly Message[]) => readonly number[]

/**
 * The process of a replica, in which its events run: none once the process is dead, and later while it stands still.
 */
export interface Host {
  readonly isDead: boolean
  after(delayMs: number, run: () => void): void
}

export interface SimulatedNetworkOptions {
  readonly fate: Fate
  /** Delay of a greeting in one direction. */
  greetingMs(): number
  /** When given, every frame is encoded and decoded on its way. */
  readonly codec?: Codec | undefined
  /**
   * Delay from a replica's start to its first dial, so that replicas started together find each other; left out: it
   * dials at once.
   */
  readonly firstDialMs?: number
  /** Time between two dials of a replica without a link. */
  readonly redialMs?: number
  /** Asked before a message arrives: it may arrive, never arrives, or arrives so many ms later. */
  readonly arriving?: Arriving | undefined
  /** The messages that leave instead of these: those of a peer whose numbers lie. Left out: these. */
  readonly saying?: ((from: ReplicaId, to: ReplicaId, messages: readonly Message[]) => readonly Message[]) | undefined
  /** Called with messages that will not arrive: by their fate, on a link that is cut, at a process that is down. */
  readonly lost?: ((from: ReplicaId, to: ReplicaId, messages: readonly Message[], why: LossCause) => void) | undefined
}

export type LossCause = 'loss' | 'cut' | 'down'
export type Arriving = (
  from: ReplicaId,
  to: ReplicaId,
  message: Message,
) => 'pass' | 'lose' | { readonly delayMs: number }

interface Node {
  readonly host: Host
  readonly greeting: Greeting
  readonly events: TransportEvents
  /** Peers that have let us in. */
  readonly linked: Set<ReplicaId>
}

/** Default time between two dials of a replica without a link. */
const standardRedialMs = 150

/**
 * A network whose time and faults are decided by its creator. Connections are like those of TCP while both processes
 * live: a cut delays nothing and loses everything, and frames that a fate reorders arrive reordered.
 */
export class SimulatedNetwork {
  readonly #options: SimulatedNetworkOptions
  readonly #nodes = new Map<ReplicaId, Node>()
  /** Directed links on which nothing passes, `from>to`. */
  readonly #cut = new Set<string>()

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options
  }

  cut(from: ReplicaId, to: ReplicaId): void {
    this.#cut.add(`${from}>${to}`)
  }

  heal(from: ReplicaId, to: ReplicaId): void {
    this.#cut.delete(`${from}>${to}`)
  }

  passes(from: ReplicaId, to: ReplicaId): boolean {
    return !this.#cut.has(`${from}>${to}`)
  }

  /** Ends a link, as after a long silence; it is dialled again. */
  breakLink(from: ReplicaId, to: ReplicaId): void {
    const node = this.#nodes.get(from)
    if (!node?.linked.delete(to)) return
    node.host.after(0, () => node.events.linkDown(to, 'silent', `the way to member ${to} is cut`))
    this.#dialLater(from, node, to)
  }

  /** Called when a process has died: its links break, and dials to it are refused. */
  died(id: ReplicaId): void {
    this.#nodes.delete(id)
    for (const [peer, node] of this.#nodes) {
      if (!node.linked.delete(id)) continue
      this.#dialLater(peer, node, id)
      // A cut hides the end of a connection too.
      if (!this.passes(id, peer)) continue
      node.host.after(this.#options.greetingMs(), () => {
        node.events.linkDown(id, 'refused', 'the process is gone')
      })
    }
  }

  transport(id: ReplicaId, host: Host): Transport {
    let node: Node | undefined
    return {
      start: (greeting, events) => {
        node = { host, greeting, events, linked: new Set() }
        this.#nodes.set(id, node)
        const { firstDialMs } = this.#options
        for (const peer of greeting.members) {
          if (peer === id) continue
          if (firstDialMs === undefined) this.#dial(id, node, peer)
          else this.#dialLater(id, node, peer, firstDialMs)
        }
      },
      send: (to, messages) => {
        const { saying, lost } = this.#options
        if (node?.linked.has(to)) this.#send(id, to, saying === undefined ? messages : saying(id, to, messages))
        else lost?.(id, to, messages, this.passes(id, to) ? 'down' : 'cut')
      },
      stop: done => {
        if (node !== undefined && this.#nodes.get(id) === node) this.died(id)
        host.after(0, done)
      },
    }
  }

  #send(from: ReplicaId, to: ReplicaId, messages: readonly Message[]): void {
    const { fate, lost } = this.#options
    const delaysMs = fate(from, to, messages)
    if (delaysMs.length === 0) lost?.(from, to, messages, 'loss')
    for (const delayMs of delaysMs) {
      const target = this.#nodes.get(to)
      if (target === undefined) {
        lost?.(from, to, messages, 'down')
        return
      }
      this.#later(target, delayMs, from, to, messages)
    }
  }

  #later(target: Node, delayMs: number, from: ReplicaId, to: ReplicaId, messages: readonly Message[]): void {
    const { codec, lost } = this.#options
    target.host.after(delayMs, () => {
      // A frame passes or not when it arrives: a cut also takes frames under way.
      if (this.#nodes.get(to) !== target || !this.passes(from, to)) {
        lost?.(from, to, messages, this.passes(from, to) ? 'down' : 'cut')
        return
      }
      const passing = this.#passing(target, from, to, messages)
      if (passing.length === 0) return
      target.events.frame(from, codec === undefined ? passing : codec.decodeMessages(codec.encodeMessages(passing)))
    })
  }

  /** The messages that `arriving` does not hold back. */
  #passing(target: Node, from: ReplicaId, to: ReplicaId, messages: readonly Message[]): readonly Message[] {
    const { arriving, lost } = this.#options
    if (arriving === undefined) return messages
    return messages.filter(message => {
      const may = arriving(from, to, message)
      if (may === 'lose') lost?.(from, to, [message], 'loss')
      else if (may !== 'pass') this.#later(target, may.delayMs, from, to, [message])
      return may === 'pass'
    })
  }

  #dialLater(id: ReplicaId, node: Node, peer: ReplicaId, delayMs = this.#options.redialMs ?? standardRedialMs): void {
    node.host.after(delayMs, () => {
      if (this.#nodes.get(id) === node && !node.linked.has(peer)) this.#dial(id, node, peer)
    })
  }

  /** Greets: the peer decides about us, then we about it; only then is there a link. */
  #dial(id: ReplicaId, node: Node, peer: ReplicaId): void {
    const { greetingMs } = this.#options
    const target = this.#nodes.get(peer)
    if (target === undefined || !this.passes(id, peer) || !this.passes(peer, id)) {
      if (target === undefined && this.passes(id, peer) && this.passes(peer, id))
        node.host.after(greetingMs(), () => node.events.linkDown(peer, 'refused', 'nobody listens'))
      this.#dialLater(id, node, peer)
      return
    }
    if (target.greeting.cluster !== node.greeting.cluster) {
      const detail = `member ${peer} is of cluster '${target.greeting.cluster}'`
      node.host.after(greetingMs(), () => node.events.linkDown(peer, 'rejected', detail))
      this.#dialLater(id, node, peer)
      return
    }
    target.host.after(greetingMs(), () => {
      target.events.greeted({ ...node.greeting, peer: id, hasLetUsIn: false }, refusal => {
        if (refusal !== null) {
          node.host.after(greetingMs(), () => node.events.linkDown(peer, 'disowned', refusal.message))
          return
        }
        node.host.after(greetingMs(), () => {
          node.events.greeted({ ...target.greeting, peer, hasLetUsIn: true }, own => {
            if (this.#nodes.get(peer) !== target || this.#nodes.get(id) !== node) return
            if (own !== null) {
              node.events.linkDown(peer, 'rejected', own.message)
              return
            }
            node.linked.add(peer)
            node.events.linkUp(peer)
          })
        })
      })
    })
    this.#dialLater(id, node, peer)
  }
}
