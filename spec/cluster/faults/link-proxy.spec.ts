import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { eventually } from '../real-cluster.ts'
import { type CutCounts, type CutStyle, LinkPath } from './link-path.ts'
import { LinkProxy } from './link-proxy.ts'

/** One end of a connection: what it has received, and how it ended. */
interface End {
  readonly socket: Socket
  text: string
  ending: 'closed' | 'reset' | undefined
}

function endOf(socket: Socket): End {
  const end: End = { socket, text: '', ending: undefined }
  socket.on('data', bytes => {
    end.text += bytes
  })
  socket.on('error', () => {})
  socket.on('close', hadError => {
    end.ending = hadError ? 'reset' : 'closed'
  })
  return end
}

const has = (end: End, text: string) => eventually(`'${text}'`, async () => (end.text === text ? true : undefined))
const ended = (end: End) => eventually('an end', async () => end.ending)

describe('a proxy for one link', () => {
  let counts: CutCounts
  let outward: LinkPath
  let inward: LinkPath
  let server: Server
  let proxy: LinkProxy
  let far: End[]
  let near: Socket[]

  beforeEach(async () => {
    counts = { streamsHeld: 0, bytesDropped: 0, connectionsReset: 0 }
    outward = new LinkPath(counts)
    inward = new LinkPath(counts)
    far = []
    near = []
    server = createServer(socket => far.push(endOf(socket)))
    server.listen({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    proxy = await LinkProxy.listen({ targetPort: (server.address() as AddressInfo).port, outward, inward })
  })
  afterEach(async () => {
    for (const socket of [...near, ...far.map(end => end.socket)]) socket.destroy()
    await proxy.close()
    server.close()
  })

  const dial = (): End => {
    const socket = connect({ host: '127.0.0.1', port: proxy.port })
    near.push(socket)
    return endOf(socket)
  }
  /** A connection that has passed `a` outward and `A` inward. */
  async function connection(): Promise<[End, End]> {
    const dialled = dial()
    const at = far.length
    dialled.socket.write('a')
    const accepted = await eventually('a connection', async () => far[at])
    accepted.socket.write('A')
    await Promise.all([has(accepted, 'a'), has(dialled, 'A')])
    return [dialled, accepted]
  }

  it('passes bytes and ends both ways', async () => {
    const [dialled, accepted] = await connection()
    dialled.socket.end('b')
    expect(await ended(accepted)).to.equal('closed')
    expect(accepted.text).to.equal('ab')
    const [again, other] = await connection()
    other.socket.resetAndDestroy()
    expect(await ended(again)).to.equal('reset')
    expect(counts).to.eql({ streamsHeld: 0, bytesDropped: 0, connectionsReset: 0 })
  })

  it('holds one direction: the other goes on, and what was held arrives after healing, its end too', async () => {
    const [dialled, accepted] = await connection()
    outward.cut('hold')
    expect(counts.streamsHeld).to.equal(1)
    dialled.socket.end('b')
    accepted.socket.write('B')
    await has(dialled, 'AB')
    expect(accepted).to.include({ text: 'a', ending: undefined })
    outward.heal()
    expect(await ended(accepted)).to.equal('closed')
    expect(accepted.text).to.equal('ab')
  })

  it('holds a new connection: it opens and stays silent until healing', async () => {
    outward.cut('hold')
    const dialled = dial()
    dialled.socket.write('a')
    const accepted = await eventually('a connection', async () => far[0])
    accepted.socket.write('A')
    await has(dialled, 'A')
    expect(accepted.text).to.equal('')
    outward.heal()
    await has(accepted, 'a')
  })

  it('drops without a sign; on healing a connection with a hole ends, one that lost nothing goes on', async () => {
    const [dialled, accepted] = await connection()
    const [quiet, other] = await connection()
    outward.cut('drop')
    dialled.socket.write('bcd')
    await eventually('it is dropped', async () => (counts.bytesDropped === 3 ? true : undefined))
    dialled.socket.destroy()
    accepted.socket.write('B')
    await ended(dialled)
    expect(accepted).to.include({ text: 'a', ending: undefined })
    outward.heal()
    expect(await ended(accepted)).to.equal('reset')
    expect(accepted.text).to.equal('a')
    quiet.socket.write('b')
    await has(other, 'ab')
  })

  it('resets what is open and what is dialled, until it is healed', async () => {
    const [dialled, accepted] = await connection()
    outward.cut('reset')
    expect(await ended(dialled)).to.equal('reset')
    expect(await ended(accepted)).to.equal('reset')
    expect(await ended(dial())).to.equal('reset')
    expect(counts.connectionsReset).to.equal(2)
    outward.heal()
    await connection()
  })

  it('leaves connections of the other direction alone when it resets', async () => {
    const [dialled, accepted] = await connection()
    inward.cut('reset')
    dialled.socket.write('b')
    accepted.socket.write('B')
    await Promise.all([has(accepted, 'ab'), has(dialled, 'AB')])
    expect(counts.connectionsReset).to.equal(0)
  })

  for (const style of ['hold', 'drop', 'reset'] satisfies CutStyle[])
    it(`refuses to cut a path twice (${style})`, () => {
      outward.cut(style)
      expect(() => outward.cut('hold')).to.throw('cut already')
    })
})
