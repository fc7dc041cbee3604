import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { LiveSource } from '../../../examples/debugger/live/live-source.ts'
import { TraceLog } from '../../../examples/debugger/server/trace-log.ts'

/** What a debugger says that looks at these endpoints, until it gives up. */
async function lookAt(...endpoints: readonly string[]) {
  const said: string[] = []
  const why = await new Promise<string>(resolve => {
    new LiveSource({ log: new TraceLog(), endpoints, say: line => said.push(line), nobody: resolve }).begin()
  })
  return { said, why }
}

describe('debugger of nobody', () => {
  it('input 35: says once of each endpoint why nobody is there, and ends', async () => {
    const { said, why } = await lookAt('ws://127.0.0.1:1', 'ws://127.0.0.1:2')
    expect(said).to.have.length(2)
    expect(said[0]).to.match(/^ws:\/\/127\.0\.0\.1:\d: .*ECONNREFUSED/)
    expect(why).to.include('ws://127.0.0.1:1: ').and.include('; ws://127.0.0.1:2: ')
  })

  it('input 35: of a replica without a door, or with a locked one, says so in words', async () => {
    const statuses = [404, 403]
    let requests = 0
    const server = createServer()
    server.on('upgrade', (_, socket) => {
      const status = statuses[requests++ < 4 ? 0 : 1]
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const endpoint = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const without = await lookAt(endpoint)
      expect(without.said).to.have.length(1)
      expect(without.why).to.include('there is no door for debuggers')
      expect((await lookAt(endpoint)).why).to.include('give its --tap-token as --token')
    } finally {
      server.close()
    }
  })
})
