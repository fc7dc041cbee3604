import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

const host = '127.0.0.1'
const tickMs = 10

/**
 * A link of a given rate: a TCP proxy that passes so many bytes a second in each direction of each connection, and holds
 * next to nothing itself, so that whoever sends more has to wait.
 */
export class SlowLink {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(targetPort: number, bytesPerSecond: number) {
    this.#server = createServer(near => {
      const far = connect({ host, port: targetPort })
      for (const socket of [near, far]) {
        socket.setNoDelay(true)
        this.#sockets.add(socket)
        // What ended a socket matters to nobody here.
        socket.on('error', () => {})
        socket.on('close', () => this.#sockets.delete(socket))
      }
      pass(near, far, bytesPerSecond)
      pass(far, near, bytesPerSecond)
    })
  }

  /** Listens on a free port of loopback, before a port there. */
  static async open(targetPort: number, bytesPerSecond: number): Promise<SlowLink> {
    const link = new SlowLink(targetPort, bytesPerSecond)
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject)
      link.#server.listen({ host, port: 0 }, resolve)
    })
    return link
  }

  get endpoint(): string {
    return `ws://${host}:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

/** Passes bytes on at a rate: what has come is held, and nothing more is read, until it has left. */
function pass(source: Socket, sink: Socket, bytesPerSecond: number): void {
  let held: Buffer = Buffer.alloc(0)
  let budget = 0
  let lastMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  let isEnded = false
  const move = (): void => {
    timer = undefined
    const nowMs = performance.now()
    budget = Math.min(budget + ((nowMs - lastMs) / 1_000) * bytesPerSecond, bytesPerSecond / 10)
    lastMs = nowMs
    const bytes = Math.min(held.length, Math.floor(budget))
    if (bytes > 0 && !sink.destroyed) {
      budget -= bytes
      sink.write(held.subarray(0, bytes))
      held = held.subarray(bytes)
    }
    if (held.length > 0) timer = setTimeout(move, tickMs)
    else if (isEnded) sink.end()
    else source.resume()
  }
  source.on('data', bytes => {
    held = Buffer.concat([held, bytes])
    source.pause()
    if (timer === undefined) move()
  })
  source.on('end', () => {
    isEnded = true
    if (timer === undefined) move()
  })
  source.on('close', () => {
    if (isEnded) return
    clearTimeout(timer)
    sink.destroy()
  })
}
