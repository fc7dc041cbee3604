import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Patch } from './mutant.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** All that scenarios and seeds run on. */
const parts = [
  'machines',
  'actors',
  'net',
  'storage',
  'examples',
  'spec/actors/support',
  'spec/sim',
  'spec/support',
  'spec/scenarios',
  'spec/mutants',
  'package.json',
  'tsconfig.json',
]

/**
 * The source with the patch in it.
 * @throws Error unless what the patch looks for stands there exactly once
 */
export function patched(source: string, { file, find, replace }: Patch): string {
  const found = source.split(find).length - 1
  if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${find}`)
  return source.replace(find, () => replace)
}

/** A copy of the sources, with patches in it. */
export class Copy {
  readonly path = mkdtempSync(join(tmpdir(), 'epaxos-mutant-'))

  /** @throws Error when a patch does not apply; nothing is left behind then */
  constructor(patches: readonly Patch[]) {
    try {
      for (const part of parts) cpSync(join(root, part), join(this.path, part), { recursive: true })
      symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'))
      for (const patch of patches) {
        const file = join(this.path, patch.file)
        writeFileSync(file, patched(readFileSync(file, 'utf8'), patch))
      }
    } catch (error) {
      this.remove()
      throw error
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
