import type { ClientRequest } from '../../../machines/protocol/client-messages.ts'
import type {
  ClientConnector,
  ClientPeerEvents,
  ConnectionEnd,
  ServerConnection,
  ServerConnectionEvents,
} from '../../../net/clients.ts'
import type { Cluster } from '../world/cluster.ts'
import type { Draw } from '../world/random.ts'
import type { Setting } from '../world/setting.ts'
import type { Life } from '../world/site.ts'

/** The endpoint of a member. */
export const endpointOf = (member: number): string => `ws://member-${member}`

/** Frames that may be on their way in one direction before there is no room. */
const roomFrames = 2

/** How client connections fare. */
export interface ClientLinks {
  /** Probability that a frame, either way, is the last of its connection, and is lost. */
  readonly breaks: number
  /** Probability that a connection says nothing any more from some frame on: nobody hears that it is gone. */
  readonly fallsSilent: number
}

/** Connects library clients to the replicas of a world: frames take their time, and connections break. */
export class SimulatedConnector implements ClientConnector {
  readonly #setting: Setting
  readonly #cluster: Cluster
  readonly #draw: Draw
  readonly #links: ClientLinks
  #isHealed = false

  constructor(setting: Setting, cluster: Cluster, draw: Draw, links: ClientLinks) {
    this.#setting = setting
    this.#cluster = cluster
    this.#draw = draw
    this.#links = links
  }

  /** From here on no connection breaks by itself. */
  heal(): void {
    this.#isHealed = true
  }

  connect(endpoint: string, events: ServerConnectionEvents): ServerConnection {
    return new Link(
      {
        after: run => this.#setting.events.after(this.#draw.between(0.1, 1), run),
        life: () => this.#cluster.sites.find(({ member }) => endpointOf(member) === endpoint)?.life,
        breaks: () => !this.#isHealed && this.#draw.chance(this.#links.breaks),
        fallsSilent: () => !this.#isHealed && this.#draw.chance(this.#links.fallsSilent),
      },
      events,
    )
  }
}

interface LinkPorts {
  /** One way. */
  after(run: () => void): void
  life(): Life | undefined
  breaks(): boolean
  fallsSilent(): boolean
}

/** One connection between a client and one life of a replica. */
class Link implements ServerConnection {
  readonly #ports: LinkPorts
  readonly #events: ServerConnectionEvents
  #handler: ClientPeerEvents | undefined
  #life: Life | undefined
  #isOpen = true
  #isSilent = false
  #toServer = 0
  #toClient = 0

  constructor(ports: LinkPorts, events: ServerConnectionEvents) {
    this.#ports = ports
    this.#events = events
    ports.after(() => this.#dial())
  }

  readonly flow = (() => {
    const link = this
    return {
      get hasRoom(): boolean {
        return link.#toServer < roomFrames
      },
      waiting: 0,
      received: 0,
    }
  })()

  send(requests: readonly ClientRequest[]): void {
    this.#toServer++
    this.#carry(() => {
      this.#toServer--
      this.#life?.process.after(0, () => this.#handler?.requests(requests))
      if (this.#toServer === roomFrames - 1) this.#ports.after(() => this.#isOpen && this.#events.drained?.())
    })
  }

  close(): void {
    this.#end({ code: 'closed', reason: 'closed by this client' })
  }

  #dial(): void {
    const life = this.#ports.life()
    if (!this.#isOpen) return
    if (life === undefined || life.process.isDead || life.replica.state !== 'voting') {
      this.#end({ code: 'unreachable', reason: 'nobody listens there' })
      return
    }
    this.#life = life
    // With the process its connections end.
    life.clients.add({ ended: () => this.#end({ code: 'lost', reason: 'the process is gone' }) })
    const link = this
    this.#handler = life.replica.connected({
      send: answers => {
        this.#toClient++
        this.#carry(() => {
          this.#toClient--
          const [first] = answers
          if (first?.type === 'welcome') this.#events.open(first)
          else this.#events.answers(answers)
          if (this.#toClient === roomFrames - 1) life.process.after(0, () => this.#isOpen && this.#handler?.drained?.())
        })
      },
      flow: {
        get hasRoom(): boolean {
          return link.#toClient < roomFrames
        },
        pause: () => {},
        resume: () => {},
      },
      close: reason => this.#ports.after(() => this.#end({ code: 'lost', reason })),
    })
  }

  /** A frame goes its way, or is the last. */
  #carry(arrives: () => void): void {
    if (this.#ports.fallsSilent()) this.#isSilent = true
    if (this.#ports.breaks()) this.#ports.after(() => this.#end({ code: 'lost', reason: 'the connection broke' }))
    else
      this.#ports.after(() => {
        if (this.#isOpen && !this.#isSilent) arrives()
      })
  }

  #end(end: ConnectionEnd): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const handler = this.#handler
    this.#life?.process.after(0, () => handler?.closed(end.reason))
    this.#ports.after(() => this.#events.ended(end))
  }
}
