import { closeSync, openSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Violation } from '../../../spec/sim/index.ts'
import { encodeLine } from '../trace/codec.ts'
import type { ShowPayload } from '../trace/encode.ts'
import type { WhichWorld } from './header.ts'
import { recordWorld } from './record-world.ts'

/** Events that are written at once. */
const batchEvents = 10_000

/**
 * Lives a world through and writes its trace. Nothing else happens meanwhile: a world waits for nobody.
 * @returns how many events it has, and what was violated
 * @throws the error of the file
 */
export function recordWorldTo(
  which: WhichWorld,
  show: ShowPayload | undefined,
  path: string,
): { readonly events: number; readonly violation: Violation | undefined } {
  const file = openSync(path, 'w')
  let events = 0
  let lines: string[] = []
  const write = () => {
    const text = lines.join('')
    lines = []
    // Several compressed parts, one after the other, are one compressed file.
    writeSync(file, path.endsWith('.gz') ? gzipSync(text) : Buffer.from(text))
  }
  try {
    const violation = recordWorld(which, show, header => {
      lines.push(encodeLine(header))
      return event => {
        events++
        if (lines.push(encodeLine(event)) >= batchEvents) write()
      }
    })
    write()
    return { events, violation }
  } finally {
    closeSync(file)
  }
}
