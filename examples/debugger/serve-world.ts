import type { ToPage, WorldLink } from './server/protocol.ts'
import { type DebugServer, startDebugServer } from './server/server.ts'
import { TraceLog } from './server/trace-log.ts'
import type { ShowPayload } from './trace/encode.ts'
import { WorldSession } from './world/world-session.ts'

export interface ServeOptions {
  readonly port: number
  readonly host?: string
  readonly allowHosts?: readonly string[] | undefined
  readonly allowOrigins?: readonly string[] | undefined
  readonly assets?: string
}

/** The debugger on a seeded world that pages steer. */
export async function serveWorld(
  link: WorldLink,
  show: ShowPayload | undefined,
  options: ServeOptions,
): Promise<DebugServer> {
  const log = new TraceLog()
  let server: DebugServer | undefined
  const session = new WorldSession({ log, link, show, tellAll: (message: ToPage) => server?.tellAll(message) })
  server = await startDebugServer({ log, source: session, ...options })
  const { close } = server
  return {
    ...server,
    close: () => {
      session.close()
      return close()
    },
  }
}
