import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { protocolVersion } from '../../../machines/protocol/version.ts'
import type { ClientPeer, ConnectionEnd, ServerConnection } from '../../../net/clients.ts'
import { createWsClientListener, type WsClientListener } from '../../../net/ws/client-listener.ts'
import { createWsConnector } from '../../../net/ws/connector.ts'
import { Places } from '../../../net/ws/places.ts'
import type { WsServer } from '../../../net/ws/server.ts'
import { until } from '../../contracts/transport.ts'
import { clock, closeServer, codec, startServer, urlOf } from './world.ts'

const max = { connectionsMax: 4, connectionsPerAddressMax: 3, operatorConnectionsMax: 1 }

describe('places for connections', () => {
  it('are bounded in all and by address, and one is kept for the operator', () => {
    const places = new Places(max)
    const enter = (address: string, isOperator = false) => {
      const place = places.next(address, isOperator)
      if (place !== undefined) places.take(address, place)
      return place
    }
    expect([enter('a'), enter('a'), enter('a'), enter('a')]).to.eql(['ordinary', 'ordinary', 'ordinary', undefined])
    expect([enter('a', true), enter('b', true), enter('b')]).to.eql(['operator', 'ordinary', undefined])
    expect([enter('c', true), places.count]).to.eql([undefined, 5])
    places.leave('a', 'operator')
    places.leave('a', 'ordinary')
    expect([enter('b'), enter('b'), enter('c', true)]).to.eql(['ordinary', undefined, 'operator'])
  })

  describe('of a replica', () => {
    const limits = { ...defaultLimits, clientConnectionsMax: 2, operatorConnectionsMax: 1 }
    let server: WsServer
    let listener: WsClientListener
    const peers: ClientPeer[] = []
    beforeEach(async () => {
      server = await startServer(limits)
      listener = createWsClientListener({ server, codec, clock, limits })
      peers.length = 0
      listener.start(peer => {
        peers.push(peer)
        const { major: protocolMajor, minor: protocolMinor } = protocolVersion
        const welcome = { protocolMajor, protocolMinor, cluster: 'c', member: 1, members: [1], build: undefined }
        peer.send([{ type: 'welcome', ...welcome }])
        return { requests: () => undefined, closed: () => undefined }
      })
    })
    afterEach(async () => {
      await new Promise<void>(resolve => listener.stop(resolve))
      await closeServer(server)
    })

    function connect(isOperator: boolean) {
      const client = {
        isOpen: false,
        ends: [] as ConnectionEnd[],
        connection: undefined as ServerConnection | undefined,
      }
      client.connection = createWsConnector({ codec, clock, limits, isOperator }).connect(urlOf(server), {
        open: () => {
          client.isOpen = true
        },
        answers: () => undefined,
        ended: end => client.ends.push(end),
      })
      return client
    }

    it('the operator gets in when idle connections have taken all, nobody else does', async () => {
      const idle = [connect(false), connect(false)]
      await until('two are open', () => idle.every(({ isOpen }) => isOpen))
      const third = connect(false)
      await until('the third is refused', () => third.ends.length > 0)
      expect(third.ends[0]!.reason).to.contain('503')
      const operator = connect(true)
      await until('the operator is in', () => operator.isOpen)
      expect(peers.map(({ isOperator }) => isOperator)).to.deep.equal([false, false, true])
      const more = connect(true)
      await until('there is one such place', () => more.ends.length > 0)
      idle[0]!.connection!.close()
      await until('it has gone', () => idle[0]!.ends.length > 0)
      let fourth = connect(true)
      await until('there is an ordinary place again', () => {
        if (fourth.ends.length > 0) fourth = connect(true)
        return fourth.isOpen
      })
      expect(peers.at(-1)!.isOperator).to.equal(false)
    })
  })
})
