import type { ClientLimits } from '../../actors/client/limits.ts'
// Not from index.ts, which knows storage.
import { createClient } from '../../actors/node/client.ts'
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
export const connectKv = ({ kvLimits = defaultKvLimits, ...options }: KvClientOptions): KvClient =>
  kvClientOver(createClient(options), kvLimits)
