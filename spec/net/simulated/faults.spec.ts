import { expect } from 'chai'
import type { Random } from '../../../machines/protocol/clock.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../../../net/simulated/memory-network.ts'
import type { Fate } from '../../../net/simulated/network.ts'
import { systemClock } from '../../../net/system-clock.ts'
import { ballot, greetingOf, type Listener, listen, until } from '../../contracts/transport.ts'

/** A small generator: the same seed, the same faults. */
function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('memory network: faults', () => {
  let network: MemoryNetwork
  let fate: Fate
  let one: Listener
  let two: Listener
  beforeEach(async () => {
    fate = () => [0]
    network = createMemoryNetwork({ clock: systemClock, fate: (...frame) => fate(...frame) })
    one = listen(network.transport(1), greetingOf(1))
    two = listen(network.transport(2), greetingOf(2))
    await until('the link is up', () => one.up.has(2) && two.up.has(1))
  })
  afterEach(async () => {
    for (const { transport } of [one, two]) await new Promise<void>(resolve => transport.stop(resolve))
  })
  const bals = (listener: Listener, from: number): unknown[] =>
    listener.messagesOf(from).map(message => 'bal' in message && message.bal)

  it('cuts one direction, and heals it', async () => {
    network.cut(1, 2)
    await until('it is down', () => !one.up.has(2))
    expect(one.downs.at(-1)).to.include({ peer: 2, reason: 'silent' })
    one.transport.send(2, [ballot(1)])
    two.transport.send(1, [ballot(2)])
    await until('the other direction works', () => one.received.length === 1)
    expect(two.received).to.deep.equal([])
    network.heal(1, 2)
    await until('it is up again', () => one.up.has(2))
    one.transport.send(2, [ballot(3)])
    await until('it arrives', () => two.received.length === 1)
    expect(bals(two, 1)).to.deep.equal([3])
  })

  it('loses what is under way when the way is cut', async () => {
    one.transport.send(2, [ballot(1)])
    network.cut(1, 2)
    await until('it is down', () => !one.up.has(2))
    network.heal(1, 2)
    await until('it is up again', () => one.up.has(2))
    one.transport.send(2, [ballot(2)])
    await until('it arrives', () => two.received.length > 0)
    expect(bals(two, 1)).to.deep.equal([2])
  })

  it('drops, delays and repeats frames as told', async () => {
    const delaysMs = [[0], [], [30], [0, 0], [0], [0]]
    fate = (_from, _to, [message]) => delaysMs[message !== undefined && 'bal' in message ? message.bal : 0]!
    for (const bal of [1, 2, 3, 4, 5]) one.transport.send(2, [ballot(bal)])
    await until('all have arrived', () => bals(two, 1).length === 5)
    expect(bals(two, 1)).to.deep.equal([3, 3, 4, 5, 2])
  })

  it('does the same for the same seed', async () => {
    const run = async (): Promise<unknown[]> => {
      const random = seeded(7)
      fate = () => Array.from({ length: Math.floor(random() * 3) }, () => 0)
      const before = two.received.length
      for (let i = 0; i < 20; i++) one.transport.send(2, [ballot(i)])
      fate = () => [0]
      one.transport.send(2, [ballot(99)])
      await until('the last has arrived', () => bals(two, 1).at(-1) === 99 && two.received.length > before + 1)
      return bals(two, 1).slice(before)
    }
    expect(await run()).to.deep.equal(await run())
  })
})
