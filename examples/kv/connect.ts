import { createClient } from '../../actors/client/client.ts'
import type { ClientLimits } from '../../actors/client/limits.ts'
import { defaultLimits } from '../../actors/limits.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { systemClock } from '../../net/system-clock.ts'
import { systemRandom } from '../../net/system-random.ts'
import { createWsConnector } from '../../net/ws/connector.ts'
import { clientPath, endpointUrl } from '../../net/ws/url.ts'
import { type KvClient, kvClientOver } from './client.ts'
import { defaultKvLimits, type KvLimits } from './validation.ts'

export interface KvClientOptions extends Partial<ClientLimits> {
  /** Replicas in the order of preference: `ws://127.0.0.1:7101`. */
  readonly endpoints: readonly string[]
  /** As the replicas have them. */
  readonly kvLimits?: KvLimits
}

/**
 * A client of a key-value store on real replicas, over WebSockets.
 * @throws EpaxosError `badEndpoint`, RangeError without an endpoint
 */
export function connectKv({ kvLimits = defaultKvLimits, ...options }: KvClientOptions): KvClient {
  for (const endpoint of options.endpoints) endpointUrl(endpoint, clientPath)
  const clock = systemClock
  const connector = createWsConnector({ codec: createCodec(defaultLimits), clock, limits: defaultLimits })
  // What arrives in one turn of the event loop is answered in one frame.
  const client = createClient({ connector, clock, random: systemRandom, defer: setImmediate, ...options })
  return kvClientOver(client, kvLimits)
}
