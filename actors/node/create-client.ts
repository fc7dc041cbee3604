import { createCodec } from '../../net/codec/create-codec.ts'
import { createWsConnector } from '../../net/ws/connector.ts'
import { clientPath, endpointUrl } from '../../net/ws/url.ts'
import { type Client, type ClientOptions, createClient as createClientOver } from '../client/client.ts'
import { defaultLimits } from '../shared/limits.ts'
import { replicaDefaults } from './defaults.ts'

/** Options of `createClient`, which has defaults for the rest: WebSockets, the real clock, real randomness. */
export type CreateClientOptions = Pick<ClientOptions, 'endpoints'> & Partial<ClientOptions>

/**
 * A client of a cluster on real replicas, over WebSockets. Commands and results are plain data (`ask`), or in the state
 * machine's encoding (`execute`; `codec.encodeData`, `codec.decodeData`).
 * @throws EpaxosError `badEndpoint`, RangeError without an endpoint
 */
export function createClient(options: CreateClientOptions): Client {
  const clock = options.clock ?? replicaDefaults.clock
  if (options.connector === undefined) for (const endpoint of options.endpoints) endpointUrl(endpoint, clientPath)
  const codec = createCodec(defaultLimits)
  return createClientOver({
    codec,
    connector: createWsConnector({ codec, clock, limits: defaultLimits }),
    random: replicaDefaults.random,
    // The requests of one turn of the event loop go out in one frame.
    defer: setImmediate,
    ...options,
    clock,
  })
}
