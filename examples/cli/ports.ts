import { createServer } from 'node:net'
import { RefusedError } from './exit.ts'

/** Whether a port of the loopback interface can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

const portMax = 65_535
const roundsMax = 100

/**
 * `count` free ports in a row, from `from` up.
 * @param isFixed take exactly these, or fail
 * @throws RefusedError that names the ports in use
 */
export async function findPorts(from: number, count: number, isFixed: boolean): Promise<readonly number[]> {
  for (let round = 0, base = from; round < roundsMax && base + count - 1 <= portMax; round++, base += count) {
    const ports = Array.from({ length: count }, (_, i) => base + i)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return ports
    if (isFixed) {
      const taken = ports.filter((_, i) => !free[i])
      throw new RefusedError(
        `port ${taken.join(', ')} of 127.0.0.1 is in use: stop what listens there, or choose others with --base-port`,
      )
    }
  }
  throw new RefusedError(`no ${count} free ports in a row from ${from} up: choose others with --base-port`)
}
