import { defaultLimits } from '../../actors/shared/limits.ts'
import { type Command, NOP } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { systemClock } from '../../net/system-clock.ts'
import { systemRandom } from '../../net/system-random.ts'
import { createWsServer, type WsServer } from '../../net/ws/server.ts'
import { createWsTransport, type WsTransport } from '../../net/ws/transport.ts'

const codec = createCodec(defaultLimits)

/** It is back at once after a link was ended for what it sent. */
const limits = { ...defaultLimits, reconnectDelayMs: 5, reconnectDelayMaxMs: 20 }

/** What a member remembers of what it heard, the latest of each. */
const heardMax = 200
const committedMax = 2_000
/** No more than these of one replica are undecided at once. */
const undecidedMax = 100
/** So long after a commit was told everybody has it, most likely. */
const settledMs = 500

export interface PuppetOptions {
  readonly cluster: string
  readonly members: ReadonlyMap<number, string>
  readonly member: number
}

/**
 * A member that is no replica: its greeting and its heartbeats are those of one that cannot vote, so that the others do
 * without it; all else that it says is an attack. It hears what they say, so that its lies come near the truth.
 */
export class Puppet {
  readonly member: number
  readonly peers: readonly number[]
  readonly #options: PuppetOptions
  readonly #ids: readonly number[]
  readonly #raw = new WeakMap<Message, Uint8Array>()
  readonly #up = new Set<number>()
  readonly #heard: { readonly from: number; readonly message: Message }[] = []
  readonly #committed: { readonly id: InstanceId; readonly atMs: number }[] = []
  #server: WsServer | undefined
  #transport: WsTransport | undefined
  #beat: NodeJS.Timeout | undefined
  #known: number[]
  /** The latest own index that it has used. */
  #ownIndex = 0

  constructor(options: PuppetOptions) {
    this.#options = options
    this.member = options.member
    this.#ids = [...options.members.keys()].sort((a, b) => a - b)
    this.peers = this.#ids.filter(id => id !== options.member)
    this.#known = this.#ids.map(() => 0)
  }

  get n(): number {
    return this.#ids.length
  }
  get rank(): number {
    return this.#ids.indexOf(this.member)
  }
  /** The highest index of each row that it has heard of. */
  get known(): readonly number[] {
    return this.#known
  }
  get heard(): readonly { readonly from: number; readonly message: Message }[] {
    return this.#heard
  }
  /** Instances of others that all have committed by now. */
  get settled(): readonly InstanceId[] {
    const before = performance.now() - settledMs
    return this.#committed.filter(({ id, atMs }) => atMs < before && !this.isInFlight(id)).map(({ id }) => id)
  }

  /** Whether others may wait for a vote on it just now: what is said of it decides something. */
  isInFlight({ epoch, rank, index }: InstanceId): boolean {
    if (epoch !== 1 || rank === this.rank || rank >= this.n) return false
    const known = this.#known[rank]!
    return index > known - undecidedMax && index < known + undecidedMax
  }

  nextIndex(): number {
    return ++this.#ownIndex
  }

  /** Listens as this member, dials the others, and is heard of by them. */
  async start(): Promise<void> {
    const { members, member, cluster } = this.#options
    const url = new URL(members.get(member)!)
    const server = createWsServer({ host: url.hostname, port: Number(url.port), clock: systemClock, limits })
    await new Promise<void>((resolve, reject) => {
      server.listen(error => (error === null ? resolve() : reject(error)))
    })
    this.#server = server
    this.#transport = createWsTransport({
      server,
      members,
      codec: {
        ...codec,
        encodeMessages: messages => this.#raw.get(messages[0]!) ?? codec.encodeMessages(messages),
      },
      clock: systemClock,
      random: systemRandom,
      limits,
    })
    this.#transport.start(
      {
        cluster,
        epoch: 1,
        member,
        members: this.#ids,
        storeIdentity: 'the member that lies',
        life: 1,
        token: 'the life of a liar',
        executed: [],
        ownIndex: 0,
      },
      {
        greeted: (_, decide) => decide(null),
        frame: (from, messages) => {
          for (const message of messages) this.#hear(from, message)
        },
        linkUp: peer => this.#up.add(peer),
        linkDown: peer => this.#up.delete(peer),
        failed: () => {},
      },
    )
    this.#beat = setInterval(() => this.#sayAlive(), limits.heartbeatIntervalMs)
  }

  isUp(peer: number): boolean {
    return this.#up.has(peer)
  }

  /** Sends a frame of these very bytes. */
  send(to: number, frame: Uint8Array): void {
    // The transport sends messages: this one stands for the bytes.
    const stand: Message = { type: 'stable', id: { epoch: 1, rank: this.rank, index: 1 } }
    this.#raw.set(stand, frame)
    this.#transport?.send(to, [stand])
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat)
    await new Promise<void>(resolve => (this.#transport === undefined ? resolve() : this.#transport.stop(resolve)))
    await new Promise<void>(resolve => (this.#server === undefined ? resolve() : this.#server.close(resolve)))
  }

  #hear(from: number, message: Message): void {
    if (this.#heard.push({ from, message }) > heardMax) this.#heard.shift()
    if (message.type === 'heartbeat')
      this.#known = this.#known.map((index, rank) => Math.max(index, message.known[rank] ?? 0))
    if (message.type === 'commit' && message.id.rank !== this.rank) {
      this.#committed.push({ id: message.id, atMs: performance.now() })
      if (this.#committed.length > committedMax) this.#committed.shift()
    }
  }

  #sayAlive(): void {
    const nothing = this.#ids.map(() => 0)
    const heartbeat: MessageOf<'heartbeat'> = {
      type: 'heartbeat',
      known: nothing.map((_, rank) => (rank === this.rank ? this.#ownIndex : 0)),
      executed: nothing,
      canVote: false,
      inStep: false,
      raised: nothing,
      raisedFrom: 1,
      barrier: undefined,
    }
    for (const peer of this.peers) this.#transport?.send(peer, [heartbeat])
  }
}

/** A command as a replica would propose it: its payload is enveloped, its footprint is that of the payload. */
export const enveloped = (envelope: readonly unknown[], writes: readonly string[]): Command => ({
  footprint: { reads: [], writes },
  payloads: [codec.encodeData(envelope)],
})

export { codec as puppetCodec, NOP }
