import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { EpaxosError } from '../../../index.ts'
import { Admission, bracketed, isLoopback } from './admission.ts'
import { refuse, serveAsset } from './assets.ts'
import { builtPage } from './built-page.ts'
import { serverLimits } from './limits.ts'
import type { PageSource } from './page-connection.ts'
import { Pages } from './pages.ts'
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

/**
 * Serves the page and streams the trace to it. Nothing but GET; nothing from elsewhere; only for names that are its own, so that
 * no page of another site gets at it by giving its name this address.
 * @throws EpaxosError `cannotListen`, `portInUse`
 */
export async function startDebugServer(options: DebugServerOptions): Promise<DebugServer> {
  const { log, source, host = '127.0.0.1', assets = builtPage } = options
  const token = isLoopback(host) ? undefined : randomBytes(16).toString('hex')
  const admission = new Admission(host, token)
  const pages = new Pages(log, source, options.pagesChanged)

  const http = createServer((request, response) => {
    if (!admission.isOwnHost(request.headers.host)) return refuse(response, 421, 'this server does not go by that name')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET only')
    void serveAsset(request, response, assets, admission.port)
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: serverLimits.pageMessageBytesMax })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const status = admission.refusalOf(request) ?? (pages.isFull ? '503 Service Unavailable' : undefined)
    if (status === undefined) sockets.handleUpgrade(request, socket, head, webSocket => pages.accept(webSocket))
    else socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })

  admission.port = await listen(http, host, options.port)
  return {
    url: `http://${bracketed(host)}:${admission.port}/${token === undefined ? '' : `?token=${token}`}`,
    tellAll: message => pages.tellAll(message),
    close: () =>
      new Promise(resolve => {
        for (const client of sockets.clients) client.terminate()
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

/** @returns the port, a free one where 0 is asked for */
async function listen(http: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new EpaxosError(
          error.code === 'EADDRINUSE' ? 'portInUse' : 'cannotListen',
          `the debugger cannot listen on ${host}:${port}: ${error.message}`,
          { cause: error },
        ),
      ),
    )
    http.listen(port, host, resolve)
  })
  return (http.address() as AddressInfo).port
}
