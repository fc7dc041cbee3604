import type { Target } from '../target.ts'
import { EtcdConnection } from './connection.ts'

/** An etcd cluster: puts, and linearizable reads, over one connection a member. */
export function connectEtcdCluster(endpoints: readonly string[]): Target {
  const connections = endpoints.map(endpoint => new EtcdConnection(endpoint))
  return {
    send: (client, { isRead, key, value }, settled) =>
      connections[client % connections.length]!.call({ key, value: isRead ? undefined : value, settled }),
    close: () => {
      for (const connection of connections) connection.close()
    },
  }
}
