import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { serveTrace } from '../../../examples/debugger/serve-trace.ts'
import { serveWorld } from '../../../examples/debugger/serve-world.ts'
import { serverLimits } from '../../../examples/debugger/server/limits.ts'
import type { PageSource } from '../../../examples/debugger/server/page-connection.ts'
import { type DebugServer, startDebugServer } from '../../../examples/debugger/server/server.ts'
import { TraceLog } from '../../../examples/debugger/server/trace-log.ts'
import type { TraceEvent } from '../../../examples/debugger/trace/format.ts'
import { eventually } from '../../support/eventually.ts'
import { handshakeLines, rawRequest } from '../../support/raw-request.ts'
import { recordedWorld } from './fixtures/read.ts'
import { hashOf } from './support/hash-of.ts'
import { Page } from './support/page.ts'

const { header, events } = recordedWorld()

function* many(count: number): Generator<TraceEvent> {
  for (let at = 0; at < count; at++) yield { kind: 'replica', ms: at, at: 1, state: `${at}` }
}

interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: unknown }
  readonly text: string
}

const ask = (url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, options, response => {
      let text = ''
      response.on('data', part => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
      .on('error', reject)
      .end()
  })

describe('debugger: the program that serves the page', () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  const serve = async (
    told: Iterable<TraceEvent> = events,
    more: Partial<Parameters<typeof serveTrace>[2]> = {},
  ): Promise<DebugServer> => {
    const assets = mkdtempSync(join(tmpdir(), 'epaxos-page-'))
    writeFileSync(join(assets, 'index.html'), '<!doctype html><title>page</title>')
    writeFileSync(join(assets, 'page.js'), 'export {}')
    const server = await serveTrace(header, told, { port: 0, assets, ...more })
    closing.push(
      () => rmSync(assets, { recursive: true }),
      () => server.close(),
    )
    return server
  }
  const open = async (url: string, origin?: string): Promise<Page> => {
    const page = await Page.open(url, origin)
    closing.push(() => page.close())
    return page
  }

  it('a page sees the whole recording, and one that comes later the same', async () => {
    const { url } = await serve()
    const pages = [await open(url)]
    await pages[0]!.until(() => pages[0]!.timeline?.last === events.length)
    pages.push(await open(url))
    await pages[1]!.until(() => pages[1]!.timeline?.last === events.length)
    expect(hashOf(pages[0]!.timeline!.state)).to.equal(hashOf(pages[1]!.timeline!.state))
    pages[0]!.say({ type: 'run', speed: 1 })
    await pages[0]!.until(() => pages[0]!.refused.length > 0)
    expect(pages[0]!.refused[0]).to.include('recording')
  })

  it('serves the page under a strict policy, and nothing beside it', async () => {
    const { url } = await serve()
    const page = await ask(url)
    expect(page).to.include({ status: 200, text: '<!doctype html><title>page</title>' })
    const policy = String(page.headers['content-security-policy'])
    expect(policy)
      .to.include("default-src 'none'")
      .and.include("script-src 'self'")
      .and.include("frame-ancestors 'none'")
    expect(policy).to.not.include('unsafe')
    expect(page.headers['x-content-type-options']).to.equal('nosniff')
    expect(await ask(`${url}page.js`)).to.include({ status: 200, text: 'export {}' })
    for (const path of ['nothing.js', 'page.ts', '%2e%2e/%2e%2e/package.json', '..%2fpackage.json', '%ff.js'])
      expect((await ask(`${url}${path}`)).status, path).to.equal(404)
    expect((await ask(url, { method: 'POST' })).status).to.equal(405)
  })

  it('goes by its own name alone, and lets no page of another site look', async () => {
    const { url } = await serve()
    expect((await ask(url, { headers: { host: 'evil.example:80' } })).status).to.equal(421)
    for (const origin of ['http://evil.example', 'null', url.replace(/:\d+\/$/, ':1')]) {
      const refused = await open(url, origin).then(
        () => 'let in',
        (error: Error) => error.message,
      )
      expect(refused, origin).to.include('403')
    }
    const { port } = new URL(url)
    expect((await open(`http://localhost:${port}/`)).closed).to.equal(undefined)
  })

  it('beyond loopback it needs the token of the link', async () => {
    const { url } = await serve(events, { host: '0.0.0.0' })
    const { port, searchParams } = new URL(url)
    expect(searchParams.get('token')).to.match(/^[0-9a-f]{32}$/)
    const refused = await open(`http://0.0.0.0:${port}/`).then(
      () => 'let in',
      (error: Error) => error.message,
    )
    expect(refused).to.include('401')
    const page = await open(url)
    await page.until(() => page.timeline?.last === events.length)
  })

  it('lets in the names and the pages that are allowed (input 12)', async () => {
    const { url } = await serve(events, { allowHosts: ['debug.example'], allowOrigins: ['https://debug.example'] })
    expect((await ask(url, { headers: { host: 'debug.example' } })).status).to.equal(200)
    expect((await ask(url, { headers: { host: 'other.example' } })).status).to.equal(421)
    expect((await ask(url, { headers: { origin: 'https://other.example' } })).status).to.equal(403)
    const page = await open(url, 'https://debug.example')
    await page.until(() => page.timeline?.last === events.length)
  })

  it('no request ends it: a target that is no path is answered 400 (input 27)', async () => {
    const { url } = await serve()
    const { host, port, origin } = new URL(url)
    for (const target of ['//[', '/%', '*', '//', '/trace?token=%']) {
      const plain = await rawRequest(Number(port), [`GET ${target} HTTP/1.1`, `host: ${host}`, 'connection: close'])
      expect(plain, target).to.be.oneOf([200, 400, 404])
      const upgrade = await rawRequest(Number(port), handshakeLines(target, { host, origin }))
      expect(upgrade, `${target} as WebSocket`).to.be.oneOf([101, 400, 404])
    }
    expect(await rawRequest(Number(port), ['GET //[ HTTP/1.1', `host: ${host}`])).to.equal(400)
    expect((await ask(url)).status, 'it goes on').to.equal(200)
  })

  it('no message of a page ends it, whatever it asks of a world (input 27)', async () => {
    const server = await serveWorld({ which: { seed: 1 }, interventions: [] }, undefined, { port: 0 })
    closing.push(() => server.close())
    const { host, origin } = new URL(server.url)
    const nothings: unknown[] = [
      { type: 'world' },
      { type: 'world', link: { which: { seed: 'x' }, interventions: [] } },
      { type: 'world', link: { which: { seed: 1 }, interventions: [{ step: 1, deed: null }] } },
      { type: 'intervene', cursor: 0, deed: { do: 'cut', links: [7], forMs: 1 } },
      { type: 'intervene', cursor: 0 },
      { type: 'run' },
      { type: 'step', steps: 'many' },
      { type: 'until', ms: null },
      { type: 'ack' },
      { type: 'deep', id: 7 },
    ]
    for (const nothing of nothings) {
      const socket = new WebSocket(`ws://${host}/trace`, { origin })
      socket.on('open', () => socket.send(JSON.stringify(nothing)))
      expect(await new Promise(resolve => socket.on('close', resolve)), JSON.stringify(nothing)).to.equal(1003)
    }
    const page = await open(server.url)
    page.say({ type: 'step', steps: 5 })
    await page.until(() => (page.world?.steps ?? 0) >= 5)
  })

  it('a page that takes nothing in is sent no more than it may have ahead', async () => {
    const { url } = await serve(many(100_000))
    const socket = new WebSocket(`ws://${new URL(url).host}/trace`, { origin: new URL(url).origin })
    closing.push(() => socket.terminate())
    let told = 0
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as { type: string; events?: unknown[] }
      if (message.type === 'events') told += message.events!.length
    })
    await eventually('it has what it may have', () => told === serverLimits.aheadEventsMax)
    socket.send(JSON.stringify({ type: 'ack', cursor: 5_000 }))
    await eventually('and as much more as it took in', () => told === serverLimits.aheadEventsMax + 5_000)
  })

  it('nonsense ends the connection', async () => {
    const { url } = await serve()
    for (const nonsense of ['{', '7', '{"no":"type"}', Buffer.from([1, 2])]) {
      const socket = new WebSocket(`ws://${new URL(url).host}/trace`, { origin: new URL(url).origin })
      socket.on('open', () => socket.send(nonsense))
      const code = await new Promise(resolve => socket.on('close', resolve))
      expect(code).to.equal(1003)
    }
  })
})

const source: PageSource = { ask: () => undefined, resume: () => undefined, greeting: () => [] }

describe('debugger: a trace in memory', () => {
  it('holds its latest events, and who was too slow is told what it missed', async () => {
    const log = new TraceLog(1_000)
    log.open(header)
    log.append([...many(1_500)])
    expect([log.first, log.last]).to.deep.equal([600, 1_500])
    expect(log.read(600, 2).map(({ ms }) => ms)).to.deep.equal([600, 601])
    const server = await startDebugServer({ log, source, port: 0 })
    const page = await Page.open(server.url)
    try {
      await page.until(() => page.timeline?.last === 901)
      expect(page.timeline!.event(1)).to.include({ kind: 'gap', events: 600 })
      expect(page.timeline!.event(2)).to.include({ ms: 600 })
      // What it says of cursors is in its own count.
      log.append([...many(50)])
      await page.until(() => page.timeline!.last === 951)
      log.cut(700)
      await page.until(() => page.timeline!.last === 101)
      expect(page.timeline!.event(101)).to.include({ ms: 699 })
    } finally {
      page.close()
      await server.close()
    }
    expect([log.first, log.last]).to.deep.equal([600, 700])
  })
})
