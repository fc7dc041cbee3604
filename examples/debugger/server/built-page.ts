import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm run build` and `npm run build:page` put the page, beside the program that serves it. */
export const builtPage = fileURLToPath(new URL('../page/dist', import.meta.url))
/** Only in a checkout: packages have the page, and nothing to make it with. */
const builder = fileURLToPath(new URL('../page/build.ts', import.meta.url))

interface Builder {
  buildPage(): Promise<void>
  isBuilt(): Promise<boolean>
}

let building: Promise<void> | undefined

/** In a checkout the page is built when it is first asked for, and when what it is made of has changed since. */
export function prepareBuiltPage(): Promise<void> {
  building ??= existsSync(builder) ? buildWhereOld() : Promise.resolve()
  return building
}

async function buildWhereOld(): Promise<void> {
  try {
    const { buildPage, isBuilt } = (await import(builder)) as Builder
    if (!(await isBuilt())) await buildPage()
  } catch (error) {
    // Without esbuild (`npm install --omit=dev`) an older page is still better than none.
    if (!existsSync(join(builtPage, 'index.html'))) throw error
  }
}
