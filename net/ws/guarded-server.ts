import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Access, type Refusal } from './access.ts'

export interface GuardedServerOptions {
  /** Left out: by loopback and the address of the connection alone, and by no page. */
  readonly access?: Access
  /** Answers a plain request. */
  request(request: IncomingMessage, response: ServerResponse): void | Promise<void>
  /** Takes over the socket of a request for another protocol; left out: there is none. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void | Promise<void>
  /** Called with a request that its Host or its Origin refuses. */
  refused?(request: IncomingMessage, refusal: Refusal): void
  /** Called with an error that was thrown while a request was served. The request is answered 500, others are not affected. */
  failed?(error: unknown, request: IncomingMessage): void
}

/**
 * An HTTP server whose requests cannot end the process: the base of every server here. It lets in only what `access`
 * allows, and whatever its handlers throw, now or later, is the answer 500 to that one request.
 */
export function createGuardedServer(options: GuardedServerOptions): Server {
  const { access = new Access({}) } = options
  const refusalOf = (request: IncomingMessage): Refusal | undefined => {
    const refusal = access.refusalOf(request)
    if (refusal !== undefined) options.refused?.(request, refusal)
    return refusal
  }
  const server = createServer((request, response) => {
    const answer = (refusal: Refusal): void => refuseRequest(response, refusal)
    guarded(request, answer, options, () => {
      const refusal = refusalOf(request)
      if (refusal === undefined) return options.request(request, response)
      answer(refusal)
    })
  })
  server.on('clientError', (_error, socket) => refuseUpgrade(socket, { status: 400, detail: 'this is no request' }))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const answer = (refusal: Refusal): void => refuseUpgrade(socket, refusal)
    guarded(request, answer, options, () => {
      const refusal = refusalOf(request)
      if (refusal !== undefined) answer(refusal)
      else if (options.upgrade === undefined) answer({ status: 426, detail: 'no other protocol is spoken here' })
      else return options.upgrade(request, socket, head)
    })
  })
  return server
}

/** Runs a handler; what it throws, or rejects with, is answered and told. */
function guarded(
  request: IncomingMessage,
  answer: (refusal: Refusal) => void,
  options: GuardedServerOptions,
  run: () => void | Promise<void>,
): void {
  const failed = (error: unknown): void => {
    options.failed?.(error, request)
    answer({ status: 500, detail: 'this request could not be served' })
  }
  try {
    run()?.catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** The path of a request, without its query; undefined when its target is no path (`//[`). */
export function pathOf(request: IncomingMessage): string | undefined {
  return urlOf(request)?.pathname
}

/** The target of a request as a URL of a host that means nothing; undefined when it is none, as `//[` is. */
export function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  // `//name/path` would be a path at another host.
  return /^\/(?!\/)/.test(url) && URL.canParse(url, 'http://own') ? new URL(url, 'http://own') : undefined
}

function refuseRequest(response: ServerResponse, { status, detail }: Refusal): void {
  if (response.headersSent) response.destroy()
  else
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${detail}\n`)
}

/** Refuses a request whose socket was not taken over. */
export function refuseUpgrade(socket: Duplex, { status, detail }: Refusal): void {
  if (!socket.writable) return
  const text = `${detail}\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}
