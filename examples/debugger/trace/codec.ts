import { EpaxosError } from '../../../machines/protocol/errors.ts'
import { type TraceEvent, type TraceHeader, traceVersion } from './format.ts'

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

/** A whole trace. A last line that is cut off, as by a crash of its writer, is left out. @throws TraceError */
export function decodeTrace(text: string): { readonly header: TraceHeader; readonly events: readonly TraceEvent[] } {
  const lines = text.split('\n')
  const isCutOff = lines.pop() !== ''
  const [first, ...rest] = lines
  if (first === undefined) throw new TraceError('traceDamaged', isCutOff ? 'the header is cut off' : 'it is empty')
  return { header: decodeHeader(first), events: rest.map((line, at) => decodeEvent(line, at + 2)) }
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
