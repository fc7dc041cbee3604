import { EpaxosError } from '../../../machines/protocol/errors.ts'
import { type TraceEvent, type TraceHeader, traceVersion } from './format.ts'
import { LeftOut } from './left-out.ts'

export type TraceErrorCode = 'traceVersion' | 'traceDamaged'

/** A trace that cannot be read, and where. */
export class TraceError extends EpaxosError<TraceErrorCode> {}

/** One line for the header or an event, with its line end. */
export const encodeLine = (line: TraceHeader | TraceEvent): string => `${JSON.stringify(line)}\n`

/** The first line of a trace. @throws TraceError */
export function decodeHeader(line: string): TraceHeader {
  const header = parse(line, 1) as Partial<TraceHeader>
  if (header.trace !== 'epaxos' || typeof header.version?.major !== 'number')
    throw new TraceError('traceDamaged', 'line 1 is not the header of a trace')
  if (header.version.major !== traceVersion.major)
    throw new TraceError(
      'traceVersion',
      `the trace is of version ${header.version.major}.${header.version.minor}; this program reads ${traceVersion.major}.x`,
    )
  return header as TraceHeader
}

/** One of the lines after it. @param number of the line, for what is said when it is no event @throws TraceError */
export function decodeEvent(line: string, number: number): TraceEvent {
  const event = parse(line, number) as Partial<TraceEvent>
  if (typeof event.kind !== 'string' || typeof event.ms !== 'number')
    throw new TraceError('traceDamaged', `line ${number} is no event: it has no kind or no time`)
  return event as TraceEvent
}

/** Nothing stands in it, and nothing is missed. */
export const isBlank = (line: string): boolean => line.trim() === ''

/**
 * A whole trace. Lines that are no events are left out, as a last one that was cut off by a crash of its writer.
 * @returns what was left out in words; undefined when nothing was
 * @throws TraceError without a header
 */
export function decodeTrace(text: string): {
  readonly header: TraceHeader
  readonly events: readonly TraceEvent[]
  readonly leftOut: string | undefined
} {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  const first = lines.findIndex(line => !isBlank(line))
  if (first < 0) throw new TraceError('traceDamaged', 'it is empty')
  const leftOut = new LeftOut()
  const events = lines.slice(first + 1).flatMap((line, at): readonly TraceEvent[] => {
    if (isBlank(line)) return []
    try {
      return [decodeEvent(line, first + at + 2)]
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      leftOut.line(error.message)
      return []
    }
  })
  return { header: decodeHeader(lines[first]!), events, leftOut: leftOut.words }
}

function parse(line: string, number: number): object {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new TraceError('traceDamaged', `line ${number} is not JSON`, { cause })
  }
  throw new TraceError('traceDamaged', `line ${number} is no object`)
}
