import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, { readonly default: string }>>
}

/** The sources behind the entries of the package, as they are before `npm run build`. */
const alias = Object.fromEntries(
  Object.entries(entries)
    .filter(([name]) => name !== './package.json')
    // The longer names first: an alias takes whatever begins with it.
    .sort(([a], [b]) => b.length - a.length)
    .map(([name, { default: file }]) => [
      `epaxos${name.slice(1)}`,
      join(root, file.replace('./dist/', '').replace(/\.js$/, '.ts')),
    ]),
)

/** Parts of a client's bundle that only a replica needs. */
const replicaOnly =
  /node_modules\/sqlite3|^storage\/|net\/ws\/(server|transport|client-listener)|actors\/(replica|state|records)\//

describe('package: entries for clients in bundles (input 19)', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-bundle-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  async function bundled(program: string): Promise<{ readonly file: string; readonly inputs: readonly string[] }> {
    const file = join(directory, 'bundle.cjs')
    const { metafile } = await build({
      stdin: { contents: program, resolveDir: root, loader: 'ts' },
      absWorkingDir: root,
      alias,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      outfile: file,
      metafile: true,
      logLevel: 'silent',
    })
    return { file, inputs: Object.keys(metafile.inputs) }
  }

  const programs = {
    'epaxos/kv': `
      import { connectKv } from 'epaxos/kv'
      const kv = connectKv({ endpoints: ['ws://127.0.0.1:1'], timeoutMs: 50 })
      kv.put('a', '1').catch(error => { console.log(error.code); kv.close() })`,
    'epaxos/client': `
      import { createClient } from 'epaxos/client'
      const client = createClient({ endpoints: ['ws://127.0.0.1:1'], timeoutMs: 50 })
      client.ask([1, 'a', '1']).catch(error => { console.log(error.code); client.close() })`,
  }
  for (const [name, program] of Object.entries(programs)) {
    it(`${name} bundles and starts where nothing is installed`, async () => {
      const { file, inputs } = await bundled(program)
      expect(inputs.filter(input => replicaOnly.test(input))).to.deep.equal([])
      const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: directory, encoding: 'utf8' })
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'unavailable\n', stderr: '' })
    })
  }

  it('would see storage: the entry of replicas has it', async () => {
    const inputs = await bundled(`import { createNode } from 'epaxos'; createNode`).then(
      found => found.inputs,
      (error: { errors: readonly { text: string }[] }) => error.errors.map(({ text }) => text),
    )
    expect(inputs.filter(input => replicaOnly.test(input) || /sqlite3|\.node/.test(input))).not.to.deep.equal([])
  })
})
