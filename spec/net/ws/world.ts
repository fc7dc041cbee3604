import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { NetEvent } from '../../../net/events.ts'
import type { NetLimits } from '../../../net/limits.ts'
import { systemClock } from '../../../net/system-clock.ts'
import { createWsServer, type WsServer } from '../../../net/ws/server.ts'
import { createWsTransport, type WsTransport } from '../../../net/ws/transport.ts'
import { contractMembers, type TransportWorld } from '../../contracts/transport.ts'

export const clock = systemClock
export const codec = createCodec(defaultLimits)
export const random = (): number => 0.5

/** A server that listens on a port of its own. */
export async function startServer(limits: NetLimits = defaultLimits, port = 0): Promise<WsServer> {
  const server = createWsServer({ host: '127.0.0.1', port, clock, limits })
  await new Promise<void>((resolve, reject) => {
    server.listen(error => (error === null ? resolve() : reject(error)))
  })
  return server
}

export const urlOf = (server: WsServer): string => `ws://127.0.0.1:${server.address().port}`

export const closeServer = (server: WsServer): Promise<void> => new Promise(resolve => server.close(resolve))

export interface WsWorld extends TransportWorld {
  transport(id: ReplicaId): Promise<WsTransport>
  server(id: ReplicaId): WsServer
  readonly endpoints: ReadonlyMap<ReplicaId, string>
  /** What the transports told whoever runs them. */
  readonly told: readonly { readonly member: ReplicaId; readonly event: NetEvent }[]
}

/** Replicas of one process, on real sockets. */
export async function createWsWorld(limits: NetLimits = defaultLimits): Promise<WsWorld> {
  const servers = new Map<ReplicaId, WsServer>()
  const endpoints = new Map<ReplicaId, string>()
  const transports = new Map<ReplicaId, WsTransport>()
  const told: { readonly member: ReplicaId; readonly event: NetEvent }[] = []
  for (const id of contractMembers) {
    const server = await startServer(limits)
    servers.set(id, server)
    endpoints.set(id, urlOf(server))
  }
  const kill = async (id: ReplicaId): Promise<void> => {
    await new Promise<void>(resolve => transports.get(id)!.stop(resolve))
    transports.delete(id)
    await closeServer(servers.get(id)!)
    servers.delete(id)
  }
  return {
    endpoints,
    told,
    server: id => servers.get(id)!,
    async transport(id) {
      if (!servers.has(id)) servers.set(id, await startServer(limits, Number(new URL(endpoints.get(id)!).port)))
      const transport = createWsTransport({
        server: servers.get(id)!,
        members: endpoints,
        codec,
        clock,
        random,
        limits,
        log: event => told.push({ member: id, event }),
      })
      transports.set(id, transport)
      return transport
    },
    kill,
    async close() {
      for (const id of [...transports.keys()]) await kill(id)
      for (const server of servers.values()) await closeServer(server)
    },
  }
}
