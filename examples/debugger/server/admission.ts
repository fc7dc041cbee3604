import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Decides for the server which requests it serves: those for its own names, from its own page, with the token if it has one. */
export class Admission {
  /** Where the server listens; set when it does, before any request. */
  port = 0
  readonly #host: string
  readonly #token: string | undefined

  /** @param token pages need it; undefined on loopback */
  constructor(host: string, token: string | undefined) {
    this.#host = host
    this.#token = token
  }

  /** Whether a name and port, as browsers send them, are the server's. */
  isOwnHost(name: string | undefined): boolean {
    const { port } = this
    return (
      name !== undefined &&
      (name === `${bracketed(this.#host)}:${port}` || (isLoopback(this.#host) && name === `localhost:${port}`))
    )
  }

  /** @returns the status line that refuses a WebSocket; undefined to let it in */
  refusalOf(request: IncomingMessage): string | undefined {
    const url = new URL(request.url ?? '/', 'http://own')
    if (url.pathname !== '/trace') return '404 Not Found'
    const { host, origin } = request.headers
    if (!this.isOwnHost(host) || origin === undefined || !this.isOwnHost(origin.replace(/^http:\/\//, '')))
      return '403 Forbidden'
    const isWithout = this.#token !== undefined && !equal(url.searchParams.get('token') ?? '', this.#token)
    return isWithout ? '401 Unauthorized' : undefined
  }
}

export const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)

/** A host as it stands in a URL. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
