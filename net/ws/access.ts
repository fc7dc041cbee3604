import type { IncomingMessage } from 'node:http'
import { isLoopback } from './loopback.ts'

/** The names by which a server is asked, and the pages that may ask it. */
export interface AccessOptions {
  /**
   * Host names and addresses of the server, beside those of loopback and the address at which a connection arrives: the
   * advertised one, the one of a proxy in front of it.
   */
  readonly hosts?: readonly string[] | undefined
  /** Origins of the pages that may connect (`https://console.example`). Others are refused. */
  readonly origins?: readonly string[] | undefined
  /** The server has pages of its own, which may connect to it. */
  readonly ownPages?: boolean | undefined
}

/** The answer to a request that is not let in. */
export interface Refusal {
  /** The status of HTTP. */
  readonly status: number
  /** The reason, in words that are fit to be sent. */
  readonly detail: string
}

/** Characters of a header that a refusal repeats. */
const quotedMax = 100

/**
 * Refuses what a web page can send and a program of ours does not: an `Origin` that is not allowed by name, and a `Host`
 * that is no name of this server. Every server of this package asks it before anything else. A browser lets any page connect to
 * loopback and into the local network, and a page reaches a server under its own name by pointing that name to the address.
 */
export class Access {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  readonly #ownPages: boolean

  constructor({ hosts = [], origins = [], ownPages = false }: AccessOptions) {
    this.#hosts = new Set(hosts.map(host => hostnameOf(host) ?? host.toLowerCase()))
    this.#origins = new Set(origins.map(origin => origin.toLowerCase()))
    this.#ownPages = ownPages
  }

  /** @returns the refusal of a request, undefined to let it in */
  refusalOf(request: IncomingMessage): Refusal | undefined {
    const { host, origin } = request.headers
    if (!this.#isOwnHost(host, request.socket.localAddress ?? '')) {
      const detail = `this server does not go by the name ${quoted(host)}`
      return { status: 421, detail: `${detail}: where the name is right, it is allowed with --allow-host` }
    }
    // A program names no origin, a browser always does.
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return undefined
    if (this.#ownPages && origin.toLowerCase() === `http://${host}`.toLowerCase()) return undefined
    return {
      status: 403,
      detail: `pages of ${quoted(origin)} may not connect: those that may are allowed with --allow-origin`,
    }
  }

  #isOwnHost(host: string | undefined, localAddress: string): boolean {
    const name = host === undefined ? undefined : hostnameOf(host)
    if (name === undefined) return false
    return isLoopback(name) || this.#hosts.has(name) || name === addressOf(localAddress)
  }
}

/**
 * The host name of `HOST`, `HOST:PORT` or `[ADDRESS]:PORT` in its usual form, an IPv6 address without brackets; undefined
 * when it is none.
 */
function hostnameOf(host: string): string | undefined {
  const text = /^[0-9a-f:]+:[0-9a-f:]*$/i.test(host) && host.split(':').length > 2 ? `[${host}]` : host
  if (/[/?#@\\\s]/.test(text) || !URL.canParse(`http://${text}`)) return undefined
  return new URL(`http://${text}`).hostname.replace(/^\[|\]$/g, '')
}

/** The local address of a socket as it stands in a URL: IPv4 as such, no zone. */
const addressOf = (local: string): string => local.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')

const quoted = (header: string | undefined): string => JSON.stringify((header ?? '').slice(0, quotedMax))
