import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../../net/system-clock.ts'
import { type Connection, createConnection } from '../../../net/ws/connection.ts'
import { clientOptions } from '../../../net/ws/socket-options.ts'
import { wholeFrame, wholeFrameBytesMax } from '../../../net/ws/whole-frame.ts'

/** Around every bound of the header's length, and of what goes as one piece. */
const lengths = [0, 1, 125, 126, 127, 3_000, wholeFrameBytesMax, wholeFrameBytesMax + 1, 65_535, 65_536, 7, 0]
const payloadOf = (length: number) => new Uint8Array(length).map((_, at) => at + length)

function collect(socket: WebSocket, side: 'client' | 'server') {
  const frames: Uint8Array[] = []
  let heard = (): void => {}
  const options = { clock: systemClock, side, pingIntervalMs: 1_000, queueBytesMax: 1_000_000 }
  const connection: Connection = createConnection(socket, options, {
    frame: bytes => {
      frames.push(Uint8Array.from(bytes))
      heard()
    },
    ended: () => heard(),
  })
  const until = async (count: number): Promise<readonly Uint8Array[]> => {
    while (frames.length < count)
      await new Promise<void>(resolve => {
        heard = resolve
      })
    return frames
  }
  return { connection, until }
}

describe('ws: whole frames', () => {
  it('is the frame of RFC 6455, header and payload', () => {
    expect([...wholeFrame(Uint8Array.of(1, 2), false)]).to.deep.equal([0x82, 2, 1, 2])
    expect([...wholeFrame(Uint8Array.of(1, 2), true)]).to.deep.equal([0x82, 0x82, 0, 0, 0, 0, 1, 2])
    expect([...wholeFrame(new Uint8Array(300), false).subarray(0, 4)]).to.deep.equal([0x82, 126, 1, 44])
    expect([...wholeFrame(new Uint8Array(300), true).subarray(0, 8)]).to.deep.equal([0x82, 0xfe, 1, 44, 0, 0, 0, 0])
  })

  it('frames of all sizes arrive whole and in order, both ways, among pings and before the close frame', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    const { port } = server.address() as AddressInfo
    const dialled = new WebSocket(`ws://127.0.0.1:${port}`, clientOptions(1_000_000))
    const [socket] = (await accepted) as [WebSocket]
    if (dialled.readyState !== dialled.OPEN) await once(dialled, 'open')
    const client = collect(dialled, 'client')
    const replica = collect(socket, 'server')
    for (const length of lengths) {
      expect(client.connection.send(payloadOf(length))).to.equal(true)
      dialled.ping()
      expect(replica.connection.send(payloadOf(length))).to.equal(true)
      socket.ping()
    }
    const expected = lengths.map(payloadOf)
    expect(await replica.until(lengths.length)).to.deep.equal(expected)
    const closed = once(dialled, 'close')
    replica.connection.send(payloadOf(5))
    replica.connection.close(4_000, 'done')
    expect(await client.until(lengths.length + 1)).to.deep.equal([...expected, payloadOf(5)])
    expect((await closed)[0]).to.equal(4_000)
    server.close()
  })
})
