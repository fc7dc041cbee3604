import type { ClientConnector } from '../../../../net/clients.ts'

/** How often commands were sent again, under the number that they had. */
export interface Resends {
  all: number
  /** To another replica than the one before. */
  elsewhere: number
}

/**
 * Counts what one client sends again; it must have one command at a time. The client library does the resending: here it is
 * only seen.
 */
export function countingResends(connector: ClientConnector, counts: Resends): ClientConnector {
  let last: { readonly name: string; readonly endpoint: string } | undefined
  return {
    connect(endpoint, events) {
      const connection = connector.connect(endpoint, events)
      return {
        send(requests) {
          for (const request of requests) {
            if (request.type !== 'execute') continue
            const name = `${request.session} ${request.sequences}`
            if (last?.name === name) {
              counts.all++
              if (last.endpoint !== endpoint) counts.elsewhere++
            }
            last = { name, endpoint }
          }
          connection.send(requests)
        },
        close: () => connection.close(),
      }
    },
  }
}
