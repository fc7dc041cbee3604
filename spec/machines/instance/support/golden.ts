import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'

/**
 * Compares `text` with spec/machines/instance/golden/`name`. UPDATE_GOLDEN=1 writes the file anew: its diff then says
 * what has changed.
 */
export function expectGolden(name: string, text: string): void {
  const path = new URL(`../golden/${name}`, import.meta.url)
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(path, text)
    return
  }
  const golden = readFileSync(path, 'utf8')
  if (golden !== text)
    expect.fail(`spec/machines/instance/golden/${name} differs; UPDATE_GOLDEN=1 writes it anew\n${diff(golden, text)}`)
}

/** The lines that only one of the two has, where they stand. */
function diff(golden: string, text: string): string {
  const [before, after] = [golden.split('\n'), text.split('\n')]
  const [gone, come] = [new Set(before), new Set(after)]
  return [
    ...before.flatMap((line, at) => (come.has(line) ? [] : [`${at + 1} - ${line}`])),
    ...after.flatMap((line, at) => (gone.has(line) ? [] : [`${at + 1} + ${line}`])),
  ].join('\n')
}
