import { createServer, type Server } from 'node:net'
import { RefusedError } from './exit.ts'

/**
 * A port of the loopback interface that this process listens on for a child: nobody else gets it in the meantime. The
 * child inherits the listening socket (`ReplicaProcess`), or finds the port free once it is released.
 */
export class HeldPort {
  readonly port: number
  readonly #server: Server

  constructor(port: number, server: Server) {
    this.port = port
    this.#server = server.unref()
  }

  /** The descriptor of the listening socket; undefined where a child cannot inherit one (Windows), or once released. */
  get fd(): number | undefined {
    // Node has no other name for it. `server.listen` takes a descriptor, but tells none.
    const { _handle: handle } = this.#server as unknown as { readonly _handle?: { readonly fd?: number } | null }
    return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined
  }

  /** Stops listening here. A child that has inherited the socket goes on. */
  release(): void {
    this.#server.close()
  }
}

const portMax = 65_535
const roundsMax = 100

/** Listens on a port. @returns undefined when somebody else does, or the system does not allow it */
function hold(port: number): Promise<HeldPort | undefined> {
  return new Promise((resolve, reject) => {
    // Whoever comes before the child is there sees what a port without a listener would do.
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(new HeldPort(port, server)))
  })
}

/**
 * Holds ports, one after the other and no further than to one in use: of two callers that want the same ones, the one
 * that comes second leaves all of them to the first.
 * @param triesAll so that all that are in use can be named
 */
async function holdEach(
  ports: readonly number[],
  triesAll: boolean,
): Promise<{ readonly held: readonly HeldPort[]; readonly taken: readonly number[] }> {
  const held: HeldPort[] = []
  const taken: number[] = []
  for (const port of ports) {
    const each = await hold(port)
    if (each !== undefined) held.push(each)
    else {
      taken.push(port)
      if (!triesAll) break
    }
  }
  return { held, taken }
}

/**
 * `count` ports in a row, from `from` up, held until they are released.
 * @param isFixed take exactly these, or fail
 * @throws RefusedError that names the ports in use
 */
export async function holdPorts(from: number, count: number, isFixed: boolean): Promise<readonly HeldPort[]> {
  for (let round = 0, base = from; round < roundsMax && base + count - 1 <= portMax; round++, base += count) {
    const { held, taken } = await holdEach(
      Array.from({ length: count }, (_, i) => base + i),
      isFixed,
    )
    if (taken.length === 0) return held
    for (const port of held) port.release()
    if (isFixed) {
      throw new RefusedError(
        `port ${taken.join(', ')} of 127.0.0.1 is in use: stop what listens there, or choose others with --base-port`,
      )
    }
  }
  throw new RefusedError(`no ${count} free ports in a row from ${from} up: choose others with --base-port`)
}
