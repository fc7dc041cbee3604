import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { LinkPath } from './link-path.ts'

const host = '127.0.0.1'

export interface LinkProxyOptions {
  /** The port on loopback that connections are passed on to. */
  readonly targetPort: number
  /** From who dials to the target, and back. */
  readonly outward: LinkPath
  readonly inward: LinkPath
}

/** Stands between one replica and one peer that it dials: all bytes of these connections go along two paths. */
export class LinkProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor({ targetPort, outward, inward }: LinkProxyOptions) {
    this.#server = createServer(near => {
      const far = connect({ host, port: targetPort })
      const reset = (): void => {
        near.resetAndDestroy()
        far.resetAndDestroy()
      }
      for (const socket of [near, far]) {
        socket.setNoDelay(true)
        this.#sockets.add(socket)
        // What ended a socket matters to nobody here; that it did is told by `close`.
        socket.on('error', () => {})
        socket.on('close', () => this.#sockets.delete(socket))
      }
      outward.carry(near, far, reset)
      inward.carry(far, near, reset)
      near.on('close', outward.dialled({ reset }))
    })
  }

  /** Listens on a free port of loopback. */
  static async listen(options: LinkProxyOptions): Promise<LinkProxy> {
    const proxy = new LinkProxy(options)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen({ host, port: 0 }, resolve)
    })
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Ends every connection too. */
  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
