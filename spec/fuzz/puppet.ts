import type { Clock } from '../../machines/protocol/clock.ts'
import type { Command } from '../../machines/protocol/commands.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Message, MessageOf } from '../../machines/protocol/messages.ts'
import type { Transport } from '../../net/transport.ts'
import { puppetCodec as codec, puppetLimits as limits } from './puppet-codec.ts'

/** What a member remembers of what it heard, the latest of each. */
const heardMax = 200
const committedMax = 2_000
/** No more than these of one replica are undecided at once. */
const undecidedMax = 100
/** So long after a commit was told everybody has it, most likely. */
const settledMs = 500

/** What the member speaks through: sockets, or a simulated network. */
export interface PuppetLink {
  readonly transport: Transport
  readonly clock: Clock
  /** Sends a frame of these very bytes. */
  send(to: number, frame: Uint8Array): void
  close(done: () => void): void
}

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
  readonly #up = new Set<number>()
  readonly #heard: { readonly from: number; readonly message: Message }[] = []
  readonly #committed: { readonly id: InstanceId; readonly atMs: number }[] = []
  #link: PuppetLink | undefined
  #isOver = false
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
    const before = this.#nowMs - settledMs
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

  /** Greets the others as this member, and is heard of by them. */
  start(link: PuppetLink): void {
    const { member, cluster } = this.#options
    this.#link = link
    link.transport.start(
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
    this.#beat(link)
  }

  isUp(peer: number): boolean {
    return this.#up.has(peer)
  }

  /** Sends a frame of these very bytes. */
  send(to: number, frame: Uint8Array): void {
    this.#link?.send(to, frame)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await new Promise<void>(resolve => (this.#link === undefined ? resolve() : this.#link.close(resolve)))
  }

  get #nowMs(): number {
    return this.#link?.clock.now() ?? 0
  }

  #beat(link: PuppetLink): void {
    if (this.#isOver) return
    this.#sayAlive(link)
    link.clock.setTimeout(() => this.#beat(link), limits.heartbeatIntervalMs)
  }

  #hear(from: number, message: Message): void {
    if (this.#heard.push({ from, message }) > heardMax) this.#heard.shift()
    if (message.type === 'heartbeat')
      this.#known = this.#known.map((index, rank) => Math.max(index, message.known[rank] ?? 0))
    if (message.type === 'commit' && message.id.rank !== this.rank) {
      this.#committed.push({ id: message.id, atMs: this.#nowMs })
      if (this.#committed.length > committedMax) this.#committed.shift()
    }
  }

  #sayAlive({ transport }: PuppetLink): void {
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
    for (const peer of this.peers) transport.send(peer, [heartbeat])
  }
}

/** A command as a replica would propose it: its payload is enveloped, its footprint is that of the payload. */
export const enveloped = (envelope: readonly unknown[], writes: readonly string[]): Command => ({
  footprint: { reads: [], writes },
  payloads: [codec.encodeData(envelope)],
})
