import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, freePorts, RealCluster } from '../cluster/real-cluster.ts'
import { complaintsOf, layOut, type Program, programs, start } from './programs.ts'

describe('documents: programs', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-documents-'))
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  const pathOf = ({ name, text, comment }: Program): string =>
    layOut(join(directory, name.replace(/\W/g, '-')), [{ name, text, comment }])[0]!

  it('compile, under the compiler options of this project', async () => {
    layOut(join(directory, 'all'), programs)
    expect(await complaintsOf(join(directory, 'all'), programs)).to.eql([])
  })

  for (const program of programs) {
    const [, kind, expected] = /(prints like|prints):(?: (.*))?$/.exec(program.comment) ?? []
    if (program.comment.startsWith('three processes')) {
      it(`${program.name}: three processes count together, and go on after a restart`, () => countsTogether(program))
      continue
    }
    it(`${program.name} prints what it says`, async () => {
      expect(kind, 'a comment before it says what it prints').to.be.a('string')
      const printed = program.comment.startsWith('against a cluster') ? await onCluster(program) : await alone(program)
      if (kind === 'prints') expect(printed.trimEnd()).to.equal(expected ?? '')
      else expect(printed).to.match(new RegExp(expected!))
    })
  }

  async function alone(program: Program): Promise<string> {
    const { stdout, stderr, code } = await start(pathOf(program), [], '').ended
    expect(code, stderr).to.equal(0)
    return stdout
  }

  async function onCluster(program: Program): Promise<string> {
    const cluster = await RealCluster.create(3)
    try {
      await cluster.startAll('--bootstrap')
      const text = cluster.endpoints.reduce(
        (all, endpoint, at) => all.replace(`ws://127.0.0.1:${7101 + at}`, endpoint),
        program.text,
      )
      return await alone({ ...program, text })
    } finally {
      await cluster.dispose()
    }
  }

  /** Starts the program three times on free ports, stops them all, and starts them again. */
  async function countsTogether(program: Program): Promise<void> {
    const ports = await freePorts(3)
    const data = join(directory, 'counter')
    const text = ports
      .reduce((all, port, at) => all.replace(`ws://127.0.0.1:${7201 + at}`, `ws://127.0.0.1:${port}`), program.text)
      .replace('`counter-', `\`${data}-`)
    const path = pathOf({ ...program, text })
    expect(await countsOf(path, '--bootstrap')).to.eql([1, 2, 3])
    expect(await countsOf(path)).to.eql([4, 5, 6])
  }

  async function countsOf(path: string, ...flags: readonly string[]): Promise<readonly number[]> {
    const running = [1, 2, 3].map(id => start(path, [String(id), ...flags]))
    const said = running.map(() => '')
    const early: string[] = []
    running.forEach(({ child }, at) => {
      child.stdout?.on('data', text => {
        said[at] += text
      })
      child.once('exit', code => early.push(`program ${at + 1} ended with code ${code}`))
    })
    try {
      const counts = await eventually(
        'each says its count',
        async () => {
          expect(early).to.eql([])
          return said.every(text => /^count \d+\n/.test(text)) ? said.map(text => Number(text.slice(6))) : undefined
        },
        90_000,
      )
      return counts.sort((a, b) => a - b)
    } finally {
      for (const { child } of running) child.kill('SIGINT')
      const ends = await Promise.all(running.map(({ ended }) => ended))
      expect(ends.map(({ code, stderr }) => [code, stderr])).to.eql(running.map(() => [0, '']))
    }
  }

  it('use the names that the package exports', () => {
    const names = programs.flatMap(({ text }) => [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from))
    expect(names.length).to.be.at.least(3)
    for (const from of names) expect(from).to.match(/^(epaxos(\/\w+)?|node:\w+)$/)
  })
})
