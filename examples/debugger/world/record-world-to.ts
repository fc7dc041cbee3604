import type { Violation } from '../../../spec/sim/index.ts'
import type { ShowPayload } from '../trace/encode.ts'
import type { TraceEvent } from '../trace/format.ts'
import { Recorder } from '../trace/recorder.ts'
import type { WhichWorld } from './header.ts'
import { recordWorld } from './record-world.ts'

/** Events that are written at once. */
const batchEvents = 1_000

/**
 * Lives a world through and writes its trace.
 * @returns how many events it has, and what was violated
 * @throws the error of the file
 */
export function recordWorldTo(
  which: WhichWorld,
  show: ShowPayload | undefined,
  path: string,
): { readonly events: number; readonly violation: Violation | undefined } {
  const recorder = new Recorder(path)
  let batch: TraceEvent[] = []
  const write = () => {
    recorder.add(batch)
    batch = []
  }
  try {
    const violation = recordWorld(which, show, header => {
      recorder.begin(header)
      return event => {
        if (batch.push(event) >= batchEvents) write()
      }
    })
    write()
    return { events: recorder.events, violation }
  } finally {
    recorder.close()
  }
}
