import { EpaxosError } from '../../machines/protocol/errors.ts'
import type { AccessOptions } from '../../net/ws/access.ts'
import { isLoopback } from '../../net/ws/loopback.ts'
import { clusterSecretBytesMin } from '../../net/ws/proof.ts'
import { addressOf } from './endpoints.ts'

/** Options of `createNode` about who may reach the node, and how. */
export interface ListeningOptions {
  /**
   * The address to listen on, when others reach this node at another one (NAT, published ports). Default: its own
   * endpoint.
   */
  readonly listen?: { readonly host: string; readonly port: number } | undefined
  /**
   * More host names by which this node may be asked, as behind a proxy. Its own endpoint, `listen` and loopback need none.
   */
  readonly allowHosts?: readonly string[] | undefined
  /** Web pages of these origins (`https://console.example`) may connect. Without it none may. */
  readonly allowOrigins?: readonly string[] | undefined
  /**
   * The secret that all members share: a peer proves in its greeting that it knows it. Optional on loopback, and needed
   * beyond.
   */
  readonly clusterSecret?: string | Uint8Array | undefined
  /** Listens beyond loopback without a secret: whoever reaches the port can speak as a member. */
  readonly insecure?: boolean | undefined
}

/** The address and the access of a node's server. */
export interface Listening {
  readonly host: string
  readonly port: number
  readonly access: AccessOptions
}

/**
 * Decides where a node listens, and who may ask it.
 * @param endpoint its own one
 * @throws EpaxosError `secretMissing`
 * @throws RangeError when the secret is too short
 */
export function listeningOf(endpoint: string, options: ListeningOptions): Listening {
  const { clusterSecret, insecure = false } = options
  const own = addressOf(endpoint)
  const { host, port } = options.listen ?? own
  if (clusterSecret !== undefined && Buffer.byteLength(clusterSecret) < clusterSecretBytesMin)
    throw new RangeError(`a cluster secret has at least ${clusterSecretBytesMin} bytes`)
  if (clusterSecret === undefined && !insecure && !isLoopback(host)) throw missing(`${host}:${port}`)
  return { host, port, access: { hosts: [own.host, ...(options.allowHosts ?? [])], origins: options.allowOrigins } }
}

const missing = (address: string): EpaxosError<'secretMissing'> =>
  new EpaxosError(
    'secretMissing',
    `${address} can be reached from other machines, and without a cluster secret whoever reaches it can speak as a member: ` +
      'make a file with a random secret (openssl rand -hex 32), copy it to all members, and give it to each with ' +
      '--cluster-secret-file (createNode: clusterSecret); or accept that with --insecure (insecure: true)',
  )
