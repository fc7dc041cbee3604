import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Counters } from '../../actors/shared/counters.ts'
import { replicaEventCodes } from '../../actors/shared/events.ts'
import { gateReasons } from '../../actors/shared/gate-verdict.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { readsReasons } from '../../actors/shared/reads-verdict.ts'
import { serveConfig } from '../../examples/cli/serve-config.ts'
import { defaultKvLimits } from '../../examples/kv/validation.ts'
import { instanceChart } from '../../machines/instance/mermaid.ts'
import { blocksOf, textOf } from './documents.ts'

const operationsPath = 'examples/cli/OPERATIONS.md'
const operations = textOf(operationsPath)
const block = (path: string, language: string) => blocksOf(path).find(each => each.language === language)!.text

describe('documents: tables and pictures', () => {
  it('the architecture shows the statechart as the code draws it', () => {
    expect(block('actors/ARCHITECTURE.md', 'mermaid')).to.equal(instanceChart().trimEnd())
  })

  it('the page of limits lists every limit', () => {
    const page = textOf('actors/shared/LIMITS.md')
    const names = Object.keys({ ...defaultLimits, ...defaultKvLimits })
    expect(names.filter(name => !page.includes(`| \`${name}\` `))).to.eql([])
  })

  it('the guide to the library has every member of a state machine and of a node, and every option', () => {
    const guide = textOf('actors/README.md')
    const members = [
      ['actors/shared/state-machine.ts', 'Executing', 'TableStateMachine', 'SnapshotStateMachine'],
      ['actors/node/create-node.ts', 'NodeOptions'],
      ['actors/node/listening.ts', 'ListeningOptions'],
      ['actors/node/node.ts', 'Node'],
    ].flatMap(([path, ...names]) => names.flatMap(name => membersOf(textOf(path!), name)))
    expect(members.length).to.be.at.least(25)
    expect(members.filter(member => !new RegExp(`\`${member}\\b`).test(guide))).to.eql([])
  })

  it('the operations guide has every field of the status', () => {
    const source = textOf('actors/replica/status.ts')
    const fields = [
      ...['ReplicaProgress', 'ReplicaStatus'].flatMap(name => fieldsOf(source, name)),
      ...Object.keys(new Counters()),
    ]
    expect(fields.length).to.be.greaterThan(35)
    const missing = fields.filter(field => !cellsOf(operations).has(field))
    expect(missing, `each needs a row in ${operationsPath}: a table's first column names it`).to.eql([])
  })

  it('the operations guide names events that there are', () => {
    const [, list] = /A supervisor decides by `code`:([\s\S]*?)\n\n/.exec(operations)!
    const named = [...list!.matchAll(/`(\w+)`/g)].map(([, code]) => code!)
    expect(named.length).to.be.at.least(10)
    const codes: readonly string[] = [...replicaEventCodes, 'ready', 'stopped', 'failed']
    expect(named.filter(code => !codes.includes(code))).to.eql([])
  })

  it('the operations guide has every answer of the gate', () => {
    const missing = Object.keys(gateReasons).filter(reason => !operations.includes(`\`${reason}\``))
    expect(missing, `each needs a row in ${operationsPath}`).to.eql([])
  })

  it('the operations guide has everything that reads wait for', () => {
    const missing = Object.keys(readsReasons).filter(reason => !operations.includes(`\`${reason}\``))
    expect(missing, `each needs a row in ${operationsPath}`).to.eql([])
  })

  it('the operations guide shows a configuration that serve takes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-operations-'))
    try {
      const config = join(directory, 'config.json')
      writeFileSync(config, block(operationsPath, 'json'))
      expect(serveConfig({ config })).to.include({ id: 1, data: '/var/lib/epaxos' })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})

/** Names of the fields of an interface, from its source. */
function fieldsOf(source: string, name: string): readonly string[] {
  const [, body] = new RegExp(`export interface ${name}[^{]*{([\\s\\S]*?)\\n}`).exec(source)!
  return [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!)
}

/** Names of the members of an interface, methods among them, from its source. */
function membersOf(source: string, name: string): readonly string[] {
  const [, body] = new RegExp(`export interface ${name}\\b[^{]*{([\\s\\S]*?)\\n}`).exec(source)!
  return [...body!.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member]) => member!)
}

/** The `names` in the first column of all tables. */
function cellsOf(text: string): ReadonlySet<string> {
  const cells = [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell!)
  return new Set(cells.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)))
}
