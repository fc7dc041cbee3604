import { createClient, EpaxosError } from '../../index.ts'
import { get, type KvResult, put } from '../kv/commands.ts'
import { answerTimeoutMs, type Target } from './target.ts'

const codeOf = (error: unknown): string => {
  if (error instanceof EpaxosError) return error.code
  throw error
}

/** The key-value store through the client library: one client, and so one connection and session, a replica. */
export function connectEpaxos(endpoints: readonly string[], sessions: boolean): Target {
  const clients = endpoints.map(endpoint =>
    // No other replica to go to: a run in which clients moved would measure another cluster.
    createClient({ endpoints: [endpoint], sessions, timeoutMs: answerTimeoutMs, silenceMs: answerTimeoutMs }),
  )
  return {
    send(client, { isRead, key, value }, settled) {
      clients[client % clients.length]!.ask(isRead ? get(key) : put(key, value)).then(
        answer => {
          const result = answer as KvResult
          settled(result.ok ? undefined : result.error.code)
        },
        error => settled(codeOf(error)),
      )
    },
    close: () => {
      for (const client of clients) client.close()
    },
  }
}
