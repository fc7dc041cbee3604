import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { EpaxosError } from '../../../index.ts'
import { builtPage, prepareBuiltPage } from './built-page.ts'
import { serverLimits } from './limits.ts'
import { PageConnection, type PageSource } from './page-connection.ts'
import type { ToPage } from './protocol.ts'
import type { TraceLog } from './trace-log.ts'

export interface DebugServerOptions {
  readonly log: TraceLog
  readonly source: PageSource
  /** Loopback unless told otherwise: then pages need the token of `url`. */
  readonly host?: string
  /** 0: any free one. */
  readonly port: number
  /** Where the built page is. */
  readonly assets?: string
  /** A page has come, or gone; so many are there. */
  readonly pagesChanged?: (count: number) => void
}

export interface DebugServer {
  /** Where the page is; with the token, where one is needed. */
  readonly url: string
  tellAll(message: ToPage): void
  close(): Promise<void>
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/**
 * Serves the page and streams the trace to it. Nothing but GET; nothing from elsewhere; only for names that are its own, so that
 * no page of another site gets at it by giving its name this address.
 * @throws EpaxosError `cannotListen`, `portInUse`
 */
export async function startDebugServer(options: DebugServerOptions): Promise<DebugServer> {
  const { log, source, host = '127.0.0.1', assets = builtPage } = options
  const token = isLoopback(host) ? undefined : randomBytes(16).toString('hex')
  const pages = new Set<PageConnection>()
  let port = 0
  /** As browsers name it; not known before it listens. */
  const isOwnHost = (name: string | undefined): boolean =>
    name !== undefined && (name === `${bracketed(host)}:${port}` || (isLoopback(host) && name === `localhost:${port}`))

  const http = createServer((request, response) => {
    if (!isOwnHost(request.headers.host)) return refuse(response, 421, 'this server does not go by that name')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET only')
    void serveAsset(request, response, assets, port)
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: serverLimits.pageMessageBytesMax })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const status = refusalOf(request)
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, webSocket => accept(webSocket))
  })

  function refusalOf(request: IncomingMessage): string | undefined {
    const url = new URL(request.url ?? '/', 'http://own')
    if (url.pathname !== '/trace') return '404 Not Found'
    const { origin } = request.headers
    if (!isOwnHost(request.headers.host) || origin === undefined || !isOwnHost(origin.replace(/^http:\/\//, '')))
      return '403 Forbidden'
    if (token !== undefined && !equal(url.searchParams.get('token') ?? '', token)) return '401 Unauthorized'
    return pages.size >= serverLimits.pagesMax ? '503 Service Unavailable' : undefined
  }

  function accept(socket: WebSocket): void {
    socket.on('error', () => socket.terminate())
    const page = new PageConnection(socket, log, source)
    pages.add(page)
    options.pagesChanged?.(pages.size)
    let isAlive = true
    const ping = setInterval(() => {
      if (!isAlive) socket.terminate()
      isAlive = false
      socket.ping()
    }, serverLimits.pageSilentMs)
    socket.on('pong', () => {
      isAlive = true
    })
    socket.on('close', () => {
      clearInterval(ping)
      pages.delete(page)
      options.pagesChanged?.(pages.size)
    })
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new EpaxosError(
          error.code === 'EADDRINUSE' ? 'portInUse' : 'cannotListen',
          `the debugger cannot listen on ${host}:${options.port}: ${error.message}`,
          { cause: error },
        ),
      ),
    )
    http.listen(options.port, host, resolve)
  })
  port = (http.address() as AddressInfo).port
  return {
    url: `http://${bracketed(host)}:${port}/${token === undefined ? '' : `?token=${token}`}`,
    tellAll(message) {
      for (const page of pages) page.tell(message)
    },
    close: () =>
      new Promise(resolve => {
        for (const client of sockets.clients) client.terminate()
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

async function serveAsset(
  request: IncomingMessage,
  response: ServerResponse,
  assets: string,
  port: number,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://own')
  const path = pathname === '/' ? 'index.html' : normalize(decodeURIComponentOrNothing(pathname)).replace(/^[/\\]+/, '')
  const type = types[extname(path)]
  if (type === undefined || path.startsWith('..')) return refuse(response, 404, 'there is nothing here')
  try {
    if (assets === builtPage) await prepareBuiltPage()
    const body = await readFile(join(assets, path))
    response.writeHead(200, { ...headers(port), 'content-type': type, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  } catch {
    const why = path === 'index.html' ? 'the page is not built: npm run build:page' : 'there is nothing here'
    refuse(response, 404, why)
  }
}

function decodeURIComponentOrNothing(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Everything that the page needs comes from here, and nothing that it says goes elsewhere. */
const headers = (port: number) => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
})

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...headers(0), 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
