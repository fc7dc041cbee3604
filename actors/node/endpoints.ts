import { EpaxosError } from '../../machines/protocol/errors.ts'
import { createMembership, type ReplicaId, rankOf } from '../../machines/protocol/membership.ts'
import { endpointUrl, peerPath } from '../../net/ws/url.ts'

/** The members of a cluster with their endpoints: `{ 1: 'ws://127.0.0.1:7101', ... }`, or the same as a map. */
export type MemberEndpoints = ReadonlyMap<ReplicaId, string> | { readonly [id: number]: string }

/**
 * The members as a map, all of them checked.
 * @throws RangeError when there are not 1 to 9 of them, an id is no positive whole number, or `self` is none of them
 * @throws EpaxosError `badEndpoint`
 */
export function endpointsOf(members: MemberEndpoints, self: ReplicaId): ReadonlyMap<ReplicaId, string> {
  const endpoints =
    members instanceof Map
      ? (members as ReadonlyMap<ReplicaId, string>)
      : new Map(Object.entries(members).map(([id, endpoint]: [string, string]) => [Number(id), endpoint]))
  rankOf(createMembership([...endpoints.keys()]), self)
  for (const endpoint of endpoints.values()) checkMemberEndpoint(endpoint)
  return endpoints
}

/**
 * Checks an endpoint of a member: replicas listen at `ws://HOST:PORT` and at nothing else.
 * @throws EpaxosError `badEndpoint` that says what is wrong with it
 */
export function checkMemberEndpoint(endpoint: string): void {
  const url = new URL(endpointUrl(endpoint, peerPath))
  const wrong = (what: string): never => {
    throw new EpaxosError('badEndpoint', `${what}: a member is reached at ws://HOST:PORT, not at '${endpoint}'`)
  }
  if (url.protocol === 'wss:') wrong('replicas do not speak TLS')
  if (url.username !== '' || url.password !== '') wrong('no user stands in it')
  if (url.pathname !== peerPath || url.search !== '') wrong('no path stands in it')
  // The URL drops the port when it is the usual one of ws.
  if (url.port === '' && !/:80\/?$/.test(endpoint)) wrong('the port is missing')
}

/** The address to listen on, of `ws://HOST:PORT`. IPv6 addresses stand in brackets there. */
export function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(endpoint)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) }
}
