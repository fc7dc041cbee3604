import { LiveSource } from './live/live-source.ts'
import type { ServeOptions } from './serve-world.ts'
import { type DebugServer, startDebugServer } from './server/server.ts'
import { TraceLog } from './server/trace-log.ts'
import { Recorder } from './trace/recorder.ts'

export interface LiveOptions extends ServeOptions {
  readonly endpoints: readonly string[]
  readonly token?: string | undefined
  /** All that is seen goes there, too. */
  readonly record?: string | undefined
  /** Only as long as a page is open somebody looks at the cluster. */
  readonly lazy?: boolean
  readonly say?: (line: string) => void
  /** Called once, when no endpoint lets anybody look. */
  readonly nobody?: ((why: string) => void) | undefined
}

/** The debugger on a running cluster. */
export async function serveLive({
  endpoints,
  token,
  record,
  lazy = false,
  say,
  nobody,
  ...options
}: LiveOptions): Promise<DebugServer> {
  const log = new TraceLog()
  const recorder = record === undefined ? undefined : new Recorder(record)
  const source = new LiveSource({ log, endpoints, token, say, nobody, record: recorder })
  const server = await startDebugServer({
    log,
    source,
    ...options,
    pagesChanged: count => {
      if (!lazy) return
      if (count > 0) source.begin()
      else source.end()
    },
  })
  if (!lazy) source.begin()
  return {
    ...server,
    async close() {
      source.end()
      await server.close()
      recorder?.close()
    },
  }
}
