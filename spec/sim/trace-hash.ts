import { createHash } from 'node:crypto'

/** Hashes what happens in a world: give `trace` to it, then ask for the `digest`. */
export function traceHash() {
  const hash = createHash('sha256')
  return {
    trace: (line: string): void => {
      hash.update(`${line}\n`)
    },
    digest: (): string => hash.digest('hex'),
  }
}
