import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { instanceChart, instanceMachine } from '../../../index.ts'
import { chartOf } from '../chart/chart-of.ts'
import { layOut } from '../chart/lay-out.ts'

const here = dirname(fileURLToPath(import.meta.url))

/**
 * Bundles the page, with the statechart as the machine defines it now. What stood in the folder is replaced at once, so that
 * whoever reads it meanwhile finds the old page or the new one.
 */
export async function buildPage(into = join(here, 'dist')): Promise<void> {
  const draft = join(into, `draft-${process.pid}`)
  const chart = await layOut(chartOf(instanceMachine))
  await mkdir(draft, { recursive: true })
  const { metafile } = await build({
    entryPoints: [join(here, 'src/main.tsx')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outfile: join(draft, 'page.js'),
    metafile: true,
    legalComments: 'none',
    plugins: [
      {
        name: 'the statechart',
        setup(bundler) {
          bundler.onResolve({ filter: /^epaxos:statechart$/ }, ({ path }) => ({ path, namespace: 'statechart' }))
          bundler.onLoad({ filter: /.*/, namespace: 'statechart' }, () => ({
            contents: JSON.stringify({ chart, mermaid: instanceChart() }),
            loader: 'json',
          }))
        },
      },
    ],
  })
  if (Object.keys(metafile.outputs).length !== 2) throw new Error('expected one script and one style sheet')
  await writeFile(join(draft, 'index.html'), html)
  // index.html last: it is what tells how old the page is.
  for (const file of ['page.js', 'page.css', 'index.html']) await rename(join(draft, file), join(into, file))
  await rm(draft, { recursive: true })
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>epaxos debugger</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="page.css" />
    <script type="module" src="page.js"></script>
  </head>
  <body></body>
</html>
`

/** Whether the page has been built since what it is made of has changed. */
export async function isBuilt(into = join(here, 'dist')): Promise<boolean> {
  const built = await stat(join(into, 'index.html')).catch(() => undefined)
  if (built === undefined) return false
  const sources = ['page/src', 'model', 'chart', 'trace', 'export'].map(each => join(here, '..', each))
  for (const folder of [...sources, join(here, '../../../machines/instance')])
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && (await stat(join(entry.parentPath, entry.name))).mtimeMs > built.mtimeMs) return false
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const into = process.argv[2]
  await buildPage(into === undefined ? undefined : resolve(into))
}
