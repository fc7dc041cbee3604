import { writeFileSync } from 'node:fs'
import { operationsWithErrorCodes } from './error-codes.ts'
import { limitsPage } from './limits-page.ts'
import { cliReference } from './reference.ts'

/** Pages that are made from the program: their path, and how each is made. */
export const generatedPages: Readonly<Record<string, () => string | Promise<string>>> = {
  'examples/cli/REFERENCE.md': cliReference,
  'actors/shared/LIMITS.md': limitsPage,
  'examples/cli/OPERATIONS.md': operationsWithErrorCodes,
}

/** `npx tsx spec/documents/write.ts` writes all of them anew. */
if (import.meta.url === `file://${process.argv[1]}`)
  for (const [path, made] of Object.entries(generatedPages)) {
    writeFileSync(new URL(`../../${path}`, import.meta.url), await made())
    process.stdout.write(`${path}\n`)
  }
