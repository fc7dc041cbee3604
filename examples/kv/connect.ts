import type { ClientLimits } from '../../actors/client/limits.ts'
// Not from index.ts, which knows storage.
import { createClient } from '../../actors/node/client.ts'
import { type KvClient, kvClientOver } from './client.ts'
import { type KvLimits, kvLimitsOf } from './validation.ts'

export interface KvClientOptions extends Partial<ClientLimits> {
  /** Replicas in the order of preference: `ws://127.0.0.1:7101`. */
  readonly endpoints: readonly string[]
  /** As the replicas have them. */
  readonly kvLimits?: Partial<KvLimits>
}

/**
 * A client of a key-value store on real replicas, over WebSockets.
 * @throws EpaxosError `badEndpoint`, RangeError without an endpoint, LimitsError for a limit that is none
 */
export function connectKv({ kvLimits, ...options }: KvClientOptions): KvClient {
  const limits = kvLimitsOf(kvLimits ?? {})
  return kvClientOver(createClient(options), limits)
}
