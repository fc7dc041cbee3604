import { expect } from 'chai'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Greeting, LinkDownReason, Transport } from '../../net/transport.ts'

/** The members of the contract's cluster. */
export const contractMembers: readonly ReplicaId[] = [1, 2, 3]

/** What an implementation brings: transports that reach each other. */
export interface TransportWorld {
  /** A transport for a member; again, after `kill`, for its restart. */
  transport(id: ReplicaId): Promise<Transport>
  /** Ends a member's transport, and whatever else makes it reachable. */
  kill(id: ReplicaId): Promise<void>
  /** Ends everything. */
  close(): Promise<void>
}

/** Waits, with a generous limit, until something is so. */
export async function until(what: string, isSo: () => boolean, limitMs = 120_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** A replica that only writes down what its transport tells it. */
export interface Listener {
  readonly transport: Transport
  readonly received: { readonly from: ReplicaId; readonly messages: readonly Message[] }[]
  readonly greeted: string[]
  readonly up: Set<ReplicaId>
  readonly downs: { readonly peer: ReplicaId; readonly reason: LinkDownReason; readonly detail: string }[]
  /** All messages of one peer, in the order of their arrival. */
  messagesOf(peer: ReplicaId): Message[]
}

export const greetingOf = (member: ReplicaId, change: Partial<Greeting> = {}): Greeting => ({
  cluster: 'contract',
  epoch: 1,
  member,
  members: contractMembers,
  storeIdentity: `store of ${member}`,
  life: 1,
  token: `life of ${member}`,
  executed: [],
  ownIndex: 0,
  ...change,
})

/** Starts a transport under a listener that lets in every peer whose store it expects. */
export function listen(
  transport: Transport,
  greeting: Greeting,
  expectedStore: (peer: ReplicaId) => string = peer => `store of ${peer}`,
): Listener {
  const listener: Listener = {
    transport,
    received: [],
    greeted: [],
    up: new Set(),
    downs: [],
    messagesOf: peer => listener.received.filter(({ from }) => from === peer).flatMap(({ messages }) => messages),
  }
  transport.start(greeting, {
    frame: (from, messages) => listener.received.push({ from, messages }),
    greeted({ peer, storeIdentity }, decide) {
      listener.greeted.push(`${peer} with ${storeIdentity}`)
      const isExpected = storeIdentity === expectedStore(peer)
      // As after a write that makes the identity durable: later.
      setTimeout(() => decide(isExpected ? null : new Error(`the store of member ${peer} is another one`)), 1)
    },
    linkUp: peer => listener.up.add(peer),
    linkDown(peer, reason, detail) {
      listener.up.delete(peer)
      listener.downs.push({ peer, reason, detail })
    },
    failed(error) {
      throw error
    },
  })
  return listener
}

export const ballot = (bal: number): Message => ({ type: 'acceptOk', id: { epoch: 1, rank: 0, index: 1 }, bal })
const ballots = (messages: readonly Message[]): (number | undefined)[] =>
  messages.map(message => ('bal' in message ? message.bal : undefined))

/** What every transport must do, whatever it is made of. */
export function transportContract(name: string, createWorld: () => Promise<TransportWorld>): void {
  describe(`${name}: the transport contract`, () => {
    let world: TransportWorld
    beforeEach(async () => {
      world = await createWorld()
    })
    afterEach(async () => {
      await world.close()
    })
    const startOne = async (id: ReplicaId, change: Partial<Greeting> = {}): Promise<Listener> =>
      listen(await world.transport(id), greetingOf(id, change))
    const startAll = async (): Promise<[Listener, Listener, Listener]> => {
      const all = [await startOne(1), await startOne(2), await startOne(3)] as [Listener, Listener, Listener]
      await until('all links are up', () => all.every(each => each.up.size === 2))
      return all
    }

    it('greets every peer with its store identity before any link is up', async () => {
      const all = await startAll()
      expect(new Set(all[0].greeted)).to.deep.equal(new Set(['2 with store of 2', '3 with store of 3']))
    })

    it('delivers frames of a link whole and in their order', async () => {
      const [one, two] = await startAll()
      for (let i = 0; i < 200; i++) one.transport.send(2, [ballot(2 * i), ballot(2 * i + 1)])
      await until('all have arrived', () => two.messagesOf(1).length === 400)
      expect(ballots(two.messagesOf(1))).to.deep.equal(Array.from({ length: 400 }, (_, i) => i))
      expect(two.received[0]!.messages).to.have.lengthOf(2)
    })

    it('delivers a broadcast to all, attributed to its sender', async () => {
      const [one, two, three] = await startAll()
      const messages = [ballot(7)]
      for (const peer of [2, 3]) one.transport.send(peer, messages)
      await until('both have it', () => two.received.length + three.received.length === 2)
      for (const each of [two, three]) expect(each.received).to.deep.equal([{ from: 1, messages }])
    })

    it('carries commands', async () => {
      const [one, two] = await startAll()
      const preAccept: Message = {
        type: 'preAccept',
        id: { epoch: 1, rank: 0, index: 1 },
        cmd: { footprint: { reads: ['r'], writes: 'all' }, payloads: [Uint8Array.of(1, 2, 3)] },
        dep: [0, 4, 5],
        unhurried: true,
      }
      one.transport.send(2, [preAccept])
      await until('it has arrived', () => two.received.length === 1)
      expect(two.messagesOf(1)).to.deep.equal([preAccept])
    })

    it('never calls from inside send', async () => {
      const [one, two] = await startAll()
      one.transport.send(2, [ballot(1)])
      expect(two.received, 'nothing arrives during send').to.have.lengthOf(0)
      await until('it has arrived', () => two.received.length === 1)
    })

    it('refuses a peer with a foreign store, and tells that peer why', async () => {
      const one = listen(await world.transport(1), greetingOf(1))
      const two = listen(await world.transport(2), greetingOf(2, { storeIdentity: 'an emptied disk' }))
      await until('it is disowned', () => two.downs.some(down => down.peer === 1 && down.reason === 'disowned'))
      expect(two.downs.find(down => down.reason === 'disowned')!.detail).to.contain('the store of member 2 is another')
      expect(one.greeted).to.include('2 with an emptied disk')
      await until('the other side knows', () => one.downs.some(down => down.peer === 2 && down.reason === 'rejected'))
      expect([...one.up, ...two.up]).to.deep.equal([])
      two.transport.send(1, [ballot(1)])
      one.transport.send(2, [ballot(1)])
      await new Promise(resolve => setTimeout(resolve, 50))
      expect([...one.received, ...two.received]).to.deep.equal([])
    })

    it('refuses a peer of another cluster', async () => {
      const one = await startOne(1)
      const two = await startOne(2, { cluster: 'another' })
      await until('both are told', () => [one, two].every(each => each.downs.some(down => down.reason === 'rejected')))
      expect(two.downs.find(down => down.reason === 'rejected')!.detail).to.contain("'contract'")
    })

    it('drops silently what is sent while the link is down', async () => {
      const one = await startOne(1)
      one.transport.send(2, [ballot(1)])
      const two = await startOne(2)
      await until('the link is up', () => one.up.has(2) && two.up.has(1))
      one.transport.send(2, [ballot(2)])
      await until('the second has arrived', () => two.received.length > 0)
      expect(ballots(two.messagesOf(1))).to.deep.equal([2])
    })

    it('says once that a link is down, and that it is up again after a restart', async () => {
      const [one, two, three] = await startAll()
      await world.kill(2)
      await until('the others know', () => [one, three].every(each => !each.up.has(2)))
      await until('nobody listens there', () => one.downs.some(down => down.peer === 2 && down.reason === 'refused'))
      one.transport.send(2, [ballot(1)])
      await new Promise(resolve => setTimeout(resolve, 150))
      const reasons = one.downs.filter(down => down.peer === 2).map(down => down.reason)
      expect(new Set(reasons).size, `each reason once: ${reasons.join(', ')}`).to.equal(reasons.length)
      expect(one.up.has(3), 'the other link stays').to.equal(true)

      const again = await startOne(2)
      await until('all links are up again', () => [one, three].every(each => each.up.has(2)) && again.up.size === 2)
      one.transport.send(2, [ballot(2)])
      again.transport.send(1, [ballot(3)])
      await until('frames arrive', () => again.received.length === 1 && one.received.length === 1)
      expect(ballots(again.messagesOf(1))).to.deep.equal([2])
      expect(two.received, 'the dead hear nothing').to.deep.equal([])
    })

    it('is silent once it has stopped', async () => {
      const [one, two] = await startAll()
      two.transport.send(1, [ballot(1)])
      await new Promise<void>(resolve => one.transport.stop(resolve))
      const before = [one.received.length, one.greeted.length, one.downs.length]
      for (let i = 0; i < 10; i++) two.transport.send(1, [ballot(2)])
      await until('the other knows', () => !two.up.has(1))
      await new Promise(resolve => setTimeout(resolve, 100))
      expect([one.received.length, one.greeted.length, one.downs.length]).to.deep.equal(before)
    })
  })
}
