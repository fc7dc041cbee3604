import { type Connections, ConnectionsOf, type Target } from '../target.ts'
import { EtcdConnection } from './connection.ts'

/** An etcd cluster: puts, and linearizable reads. */
export function connectEtcdCluster(endpoints: readonly string[], connections: Connections): Target {
  const open = new ConnectionsOf(endpoints, connections, endpoint => new EtcdConnection(endpoint))
  return {
    send: (client, { isRead, key, value }, settled) =>
      open.of(client).call({ key, value: isRead ? undefined : value, settled }),
    close: () => open.close(),
  }
}
