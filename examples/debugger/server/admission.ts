import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Refusal, urlOf } from '../../../index.ts'

/** Decides which WebSockets the server opens: those of a page, to the one path that there is, with the token if it has one. */
export class Admission {
  readonly #token: string | undefined

  /** @param token pages need it; undefined on loopback */
  constructor(token: string | undefined) {
    this.#token = token
  }

  /** @returns the refusal of a WebSocket; undefined to let it in. `Access` has looked at its Host and its Origin. */
  refusalOf(request: IncomingMessage): Refusal | undefined {
    const url = urlOf(request)
    if (url === undefined) return { status: 400, detail: 'the target of this request is no path' }
    if (url.pathname !== '/trace') return { status: 404, detail: 'there is nothing here' }
    if (request.headers.origin === undefined) return { status: 403, detail: 'this is for pages' }
    const isWithout = this.#token !== undefined && !equal(url.searchParams.get('token') ?? '', this.#token)
    return isWithout ? { status: 401, detail: 'the token of the link is needed' } : undefined
  }
}

/** A host as it stands in a URL. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
