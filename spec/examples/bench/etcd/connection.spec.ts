import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { expect } from 'chai'
import { EtcdConnection } from '../../../../examples/bench/etcd/connection.ts'

interface Received {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly hex: string
}

/** What protobufjs and @grpc/grpc-js send: `PutRequest { key: 'c7', value: 'hello' }`, the same with 200 times 'x', `RangeRequest { key: 'c7' }`. */
const putHex = '000000000b0a026337120568656c6c6f'
const longPutHex = `00000000cf0a02633712c801${'78'.repeat(200)}`
const rangeHex = '00000000040a026337'
/** What etcd 3.4 answered to that put. */
const answer = Buffer.from('000000001c0a1a0895a2b49b8bcff6e48c0110b0a786f6f0fda5beac0118022002', 'hex')

/** An HTTP/2 server of node's own: it takes nothing that is not HTTP/2. */
describe('bench: the driver of etcd', () => {
  let server: Http2Server
  let connection: EtcdConnection
  let received: Received[]
  let reply: (stream: ServerHttp2Stream) => void
  const troubles: string[] = []

  const succeed = (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': '' }))
    stream.end(answer)
  }

  async function listen(settings: { maxConcurrentStreams?: number } = {}): Promise<void> {
    received = []
    troubles.length = 0
    reply = succeed
    server = createServer({ settings })
    server.on('sessionError', error => troubles.push(error.message))
    server.on('stream', (stream, headers) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('error', error => troubles.push(error.message))
      stream.on('end', () => {
        received.push({ path: headers[':path'], headers, hex: Buffer.concat(parts).toString('hex') })
        reply(stream)
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP address was expected')
    connection = new EtcdConnection(`http://127.0.0.1:${address.port}`)
  }
  afterEach(() => {
    connection.close()
    server.close()
  })

  const call = (key: string, value?: string): Promise<string | undefined> =>
    new Promise(settled => connection.call({ key, value, settled }))

  it('sends what gRPC clients send', async () => {
    await listen()
    expect(await call('c7', 'hello')).to.equal(undefined)
    expect(await call('c7', 'x'.repeat(200))).to.equal(undefined)
    expect(await call('c7')).to.equal(undefined)
    expect(received.map(({ path, hex }) => [path, hex])).to.deep.equal([
      ['/etcdserverpb.KV/Put', putHex],
      ['/etcdserverpb.KV/Put', longPutHex],
      ['/etcdserverpb.KV/Range', rangeHex],
    ])
    for (const { headers } of received)
      expect(headers).to.include({
        ':method': 'POST',
        ':scheme': 'http',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
    expect(new Set(received.map(({ headers }) => headers[':authority'])).size).to.equal(1)
    expect(troubles).to.deep.equal([])
  })

  it('begins with a read as well', async () => {
    await listen()
    expect(await call('c7')).to.equal(undefined)
    expect(await call('c7', 'hello')).to.equal(undefined)
    expect(received.map(({ hex }) => hex)).to.deep.equal([rangeHex, putHex])
  })

  it('knows a call that failed by its missing message', async () => {
    await listen()
    reply = stream => stream.respond({ ':status': 200, 'grpc-status': '14' }, { endStream: true })
    expect(await call('c7', 'hello')).to.equal('grpcStatus')
    reply = stream => stream.close(2)
    expect(await call('c7', 'hello')).to.equal('reset')
    reply = succeed
    expect(await call('c7', 'hello')).to.equal(undefined)
  })

  it('keeps to the windows and the limit of streams: many large calls at once all end', async () => {
    await listen({ maxConcurrentStreams: 5 })
    const value = 'v'.repeat(40_000)
    const all = await Promise.all(Array.from({ length: 60 }, (_, at) => call(`k${at}`, value)))
    expect(new Set(all)).to.deep.equal(new Set([undefined]))
    expect(new Set(received.map(({ hex }) => hex.length))).to.deep.equal(
      new Set([2 * (40_000 + 13), 2 * (40_000 + 14)]),
    )
    expect(troubles).to.deep.equal([])
  })

  it('fails what is open, and what comes later, when the connection is gone', async () => {
    await listen()
    reply = stream => stream.session!.destroy()
    expect(await call('c7', 'hello')).to.match(/^etcd: /)
    expect(await call('c7', 'hello')).to.match(/^etcd: /)
  })
})
