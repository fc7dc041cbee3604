// The last step of `npm run build`: declarations that compilers since TypeScript 5.0 read.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Types that the compiler writes out in a form that is younger than they are. */
const younger: readonly (readonly [written: RegExp, older: string])[] = [
  // Generic since 5.7, with this as the default.
  [/\bUint8Array<ArrayBufferLike>/g, 'Uint8Array'],
]

const [, , directory] = process.argv
if (directory === undefined) throw new Error('expected the directory of the declarations')
for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const file = join(directory, name)
  const text = readFileSync(file, 'utf8')
  const older = younger.reduce((all, [written, instead]) => all.replace(written, instead), text)
  if (older !== text) writeFileSync(file, older)
}
