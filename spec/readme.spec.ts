import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { defaultLimits } from '../actors/shared/limits.ts'
import { serveConfig } from '../examples/cli/serve-config.ts'
import { defaultKvLimits } from '../examples/kv/validation.ts'
import { instanceChart } from '../machines/instance/mermaid.ts'
import { run } from './cluster/run-cli.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const block = (language: string) => readme.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? ''

describe('README', () => {
  it('shows the statechart as the code draws it', () => {
    expect(block('mermaid')).to.equal(instanceChart().trimEnd())
  })

  it('lists every limit', () => {
    const names = Object.keys({ ...defaultLimits, ...defaultKvLimits })
    expect(names.filter(name => !readme.includes(`| \`${name}\``))).to.eql([])
  })

  it('shows a configuration that serve takes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-readme-'))
    try {
      const config = join(directory, 'config.json')
      writeFileSync(config, block('json'))
      expect(serveConfig({ config })).to.include({ id: 1, data: '/var/lib/epaxos' })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('has a program for the library that does what it says', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-readme-'))
    try {
      const file = join(directory, 'program.mts')
      writeFileSync(file, block('ts').replace("'epaxos'", `'${new URL('../index.ts', import.meta.url).href}'`))
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file], '').ended
      expect(stdout, stderr).to.equal('20 42\n')
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
