import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../cluster/run-cli.ts'
import { type Block, blocksOf, documents } from './documents.ts'

/** A program in a document: it is type-checked and run. */
export interface Program {
  readonly name: string
  readonly text: string
  /** What the comment before it says: `prints: TEXT`, `prints like: REGEXP`, `against a cluster ...`, `three processes`. */
  readonly comment: string
}

const continues = (block: Block | undefined): boolean => block?.comment.startsWith('continues') === true

/** All programs of all documents. One that `continues` stands after the one before it in its document. */
export const programs: readonly Program[] = documents.flatMap(path => {
  const blocks = blocksOf(path).filter(({ language }) => language === 'ts' || language === 'js')
  return blocks.flatMap((block, at) => {
    if (block.comment.startsWith('from ')) return []
    // A program that is continued runs as the first part of the longer one.
    if (continues(blocks[at + 1])) return []
    const text = continues(block) ? `${blocks[at - 1]!.text}\n${block.text}` : block.text
    return [{ name: nameOf(block), text, comment: block.comment }]
  })
})

function nameOf({ path, line }: Block): string {
  return `${path}:${line}`
}

/** What programs import, and which source stands behind it while the package is not built. */
const packagePaths = {
  epaxos: [`${root}/index.ts`],
  'epaxos/kv': [`${root}/examples/kv/index.ts`],
  'epaxos/debugger': [`${root}/examples/debugger/index.ts`],
  'epaxos/sim': [`${root}/spec/sim/index.ts`],
}

/** Puts programs into a folder with the compiler's configuration, as a user has them. @returns their paths */
export function layOut(directory: string, all: readonly Program[]): readonly string[] {
  mkdirSync(directory, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { paths: packagePaths, typeRoots: [join(root, 'node_modules/@types')] },
      include: [join(directory, '*.mts')],
      exclude: [],
    }),
  )
  return all.map(({ text }, at) => {
    const path = join(directory, `program-${at}.mts`)
    writeFileSync(path, `${text}\n`)
    return path
  })
}

/** The compiler's complaints about all programs of a folder, each with the name of its program. */
export async function complaintsOf(directory: string, all: readonly Program[]): Promise<readonly string[]> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, stderr } = await run(process.execPath, [tsc, '-p', directory, '--pretty', 'false'], '').ended
  return `${stdout}${stderr}`
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replace(/^.*program-(\d+)\.mts/, (_, at) => all[Number(at)]!.name))
}

/** Starts a program with the sources of this checkout in the place of the package. */
export const start = (path: string, args: readonly string[] = [], input?: string) =>
  run(process.execPath, ['--import', 'tsx', path, ...args], input, {
    ...process.env,
    TSX_TSCONFIG_PATH: join(path, '../tsconfig.json'),
  })
