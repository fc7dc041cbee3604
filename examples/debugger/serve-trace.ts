import type { ServeOptions } from './serve-world.ts'
import { FileSource } from './server/file-source.ts'
import { type DebugServer, startDebugServer } from './server/server.ts'
import { TraceLog } from './server/trace-log.ts'
import type { TraceEvent, TraceHeader } from './trace/format.ts'

/** The debugger on a trace that is there already. */
export function serveTrace(
  header: TraceHeader,
  events: AsyncIterable<TraceEvent> | Iterable<TraceEvent>,
  options: ServeOptions,
): Promise<DebugServer> {
  const log = new TraceLog()
  log.open(header)
  return startDebugServer({ log, source: new FileSource(log, events), ...options })
}
