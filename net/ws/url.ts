import { EpaxosError } from '../../machines/protocol/errors.ts'

/** Paths of a replica's one server for peers and for clients. */
export const peerPath = '/peer'
export const clientPath = '/client'
/** Behind the path of a client that is the operator's: some places are kept for it. */
export const operatorQuery = '?operator'
/** Path for observers, if they are admitted. */
export const tapPath = '/tap'

/**
 * The URL of `path` at an endpoint: `ws://127.0.0.1:7101` and `/client` give `ws://127.0.0.1:7101/client`.
 * @throws EpaxosError `badEndpoint` when the endpoint is no ws:// or wss:// URL
 */
export function endpointUrl(endpoint: string, path: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hash !== '')
    throw new EpaxosError('badEndpoint', `an endpoint looks like ws://127.0.0.1:7101, not like '${endpoint}'`)
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  return url.href
}
