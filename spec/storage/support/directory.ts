import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty directory for one test. */
export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'epaxos-store-'))

export const removeDirectory = (directory: string): void => rmSync(directory, { recursive: true, force: true })
