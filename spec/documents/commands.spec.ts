import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { commandNames, programOf } from '../../examples/cli/program.ts'
import { RealCluster } from '../cluster/real-cluster.ts'
import { root, run, runCli } from '../cluster/run-cli.ts'
import { type CommandLine, commandLines, epaxosArguments, scriptOf } from './command-lines.ts'

const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> }

/** Parses arguments as the program does, and does nothing. @throws what commander says of them */
async function parse(args: readonly string[]): Promise<void> {
  const program = await programOf(undefined)
  for (const command of program.commands) command.action(() => {})
  await program.parseAsync(args, { from: 'user' })
}

/** What a sentence may leave out: values. The command and the flags are there. */
async function check(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args
  if (name === 'COMMAND' || name === 'help' || name === undefined) return
  expect(commandNames).to.include(name)
  const program = await programOf(name)
  const flags = program.commands
    .find(command => command.name() === name)!
    .options.map(({ long, short }) => [long, short])
  for (const word of rest.filter(each => each.startsWith('-'))) expect(flags.flat(), args.join(' ')).to.include(word)
}

const shown = ({ where, words }: CommandLine): string => `${where}: ${words.join(' ')}`

describe('documents: commands', () => {
  for (const line of commandLines) {
    const args = epaxosArguments(line.words)
    if (args !== undefined) it(shown(line), () => (line.isWhole ? parse(args) : check(args)))
  }

  it('name scripts that there are, and files', () => {
    for (const line of commandLines) {
      const script = scriptOf(line.words)
      if (script !== undefined)
        expect(Object.keys(scripts).concat('test', 'start'), shown(line)).to.include(script.name)
      const isFile = (word: string) => /^(spec|examples)\/[^*]*\.ts$/.test(word)
      for (const word of line.words.filter(isFile)) expect(existsSync(`${root}/${word}`), shown(line)).to.equal(true)
    }
  })

  it('give scripts the flags that their help names', async () => {
    const flagsOf = new Map<string, Set<string>>()
    for (const line of commandLines) {
      const { name, args } = scriptOf(line.words) ?? { name: '', args: [] }
      if (epaxosArguments(line.words) !== undefined) continue
      for (const word of args.filter(each => each.startsWith('--'))) {
        flagsOf.set(name, (flagsOf.get(name) ?? new Set()).add(word))
      }
    }
    expect(flagsOf.size).to.be.at.least(3)
    for (const [name, flags] of flagsOf) {
      const [file] = /spec\/[\w/-]+\.ts/.exec(scripts[name]!)!
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file, '--help'], '').ended
      for (const flag of flags) expect(`${stdout}${stderr}`, `npm run ${name} -- --help`).to.include(flag)
    }
  })

  it('of the README do what they say: the store, asked by hand', async () => {
    const lines = commandLines.filter(({ where }) => where.startsWith('README.md'))
    const client = lines.flatMap(({ words }) => epaxosArguments(words) ?? []).join(' ')
    expect(client).to.include('put greeting hello --ttl 60').and.to.include('get greeting').and.to.include('status')
    const cluster = await RealCluster.create(3)
    try {
      await cluster.startAll('--bootstrap')
      const env = { ...process.env, EPAXOS_ENDPOINTS: cluster.endpoints.join(',') }
      expect((await runCli(['put', 'greeting', 'hello', '--ttl', '60'], '', env)).stdout).to.equal('OK\n')
      expect((await runCli(['get', 'greeting'], '', env)).stdout).to.equal('hello\n')
      const { stdout } = await runCli(['status'], '', env)
      for (const endpoint of cluster.endpoints) expect(stdout).to.include(endpoint)
    } finally {
      await cluster.dispose()
    }
  })

  it('of the README do what they say: lines into npm start', async () => {
    const readme = readFileSync(`${root}/README.md`, 'utf8')
    const [, input, expected] = /^printf '(.*)' \| npm start .*# (.*)$/m.exec(readme)!
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-readme-'))
    try {
      const { stdout, stderr } = await runCli(
        ['start', '--data', join(directory, 'data')],
        input!.replaceAll('\\n', '\n'),
      )
      expect(stdout.trim().split('\n').join(' '), stderr).to.equal(expected)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('of other documents that cost nothing run', async () => {
    for (const args of [['chart'], ['debug', '--scenario', 'list'], ['help', 'serve'], ['sim', '--seed', '7']]) {
      const { code, stdout, stderr } = await runCli(args)
      expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0)
      expect(stdout).not.to.equal('')
    }
  })
})
