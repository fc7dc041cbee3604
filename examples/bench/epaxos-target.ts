import { createClient, EpaxosError } from '../../index.ts'
import { get, type KvResult, put } from '../kv/commands.ts'
import { answerTimeoutMs, type Connections, ConnectionsOf, type Target } from './target.ts'

const codeOf = (error: unknown): string => {
  if (error instanceof EpaxosError) return error.code
  throw error
}

/** The key-value store through the client library: one of its clients, with its session, for each connection. */
export function connectEpaxos(endpoints: readonly string[], sessions: boolean, connections: Connections): Target {
  const clients = new ConnectionsOf(endpoints, connections, endpoint =>
    // No other replica to go to: a run in which clients moved would measure another cluster.
    createClient({ endpoints: [endpoint], sessions, timeoutMs: answerTimeoutMs, silenceMs: answerTimeoutMs }),
  )
  return {
    send(client, { isRead, key, value }, settled) {
      clients
        .of(client)
        .ask(isRead ? get(key) : put(key, value))
        .then(
          answer => {
            const result = answer as KvResult
            settled(result.ok ? undefined : result.error.code)
          },
          error => settled(codeOf(error)),
        )
    },
    close: () => clients.close(),
  }
}
