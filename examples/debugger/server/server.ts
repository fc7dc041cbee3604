import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { Access, createGuardedServer, EpaxosError, isLoopback, refuseUpgrade } from '../../../index.ts'
import { Admission, bracketed } from './admission.ts'
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
  /** More names that it goes by, as behind a proxy. */
  readonly allowHosts?: readonly string[] | undefined
  /** Origins of pages beside its own that may connect. */
  readonly allowOrigins?: readonly string[] | undefined
  /** Told of what was thrown while a request was served. */
  readonly failed?: (error: unknown) => void
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
  const admission = new Admission(token)
  const pages = new Pages(log, source, options.pagesChanged)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: serverLimits.pageMessageBytesMax })
  let port = 0
  const http = createGuardedServer({
    access: new Access({
      hosts: [host, ...(options.allowHosts ?? [])],
      origins: options.allowOrigins,
      ownPages: true,
    }),
    request(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET only')
      return serveAsset(request, response, assets, port)
    },
    upgrade(request, socket, head) {
      const refusal = admission.refusalOf(request) ?? (pages.isFull ? tooMany : undefined)
      if (refusal !== undefined) return refuseUpgrade(socket, refusal)
      sockets.handleUpgrade(request, socket, head, webSocket => pages.accept(webSocket))
    },
    failed: error => options.failed?.(error),
  })

  port = await listen(http, host, options.port)
  return {
    url: `http://${bracketed(host)}:${port}/${token === undefined ? '' : `?token=${token}`}`,
    tellAll: message => pages.tellAll(message),
    close: () =>
      new Promise(resolve => {
        for (const client of sockets.clients) client.terminate()
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

const tooMany = { status: 503, detail: 'there are too many pages already' }

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
