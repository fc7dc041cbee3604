#!/usr/bin/env node
import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { askedOps } from '../kv/commands.ts'
import { describeError, exitCodeOf, UsageError } from './exit.ts'

/** A command's file is loaded only when it is asked for: a replica that starts again must be ready soon. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  ...Object.fromEntries(askedOps.map(op => [op, async () => (await import('./kv-command.ts')).kvCommand(op)])),
  backup: async () => (await import('./backup.ts')).backupCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  'demo-replica': async () => (await import('./demo-replica.ts')).demoReplicaCommand(),
  sim: async () => (await import('./sim.ts')).simCommand(),
  debug: async () => (await import('./debug.ts')).debugCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  chart: async () => (await import('./chart.ts')).chartCommand(),
  workload: async () => (await import('./workload.ts')).workloadCommand(),
  bench: async () => (await import('./bench.ts')).benchCommand(),
}
/** Its own name leads to the package, built or not. */
const packageVersion = (): string => createRequire(import.meta.url)('epaxos/package.json').version

const hidden: readonly string[] = ['demo-replica']

const isCommand = (word: string | undefined): word is string => word !== undefined && Object.hasOwn(commands, word)

async function build(asked: string | undefined): Promise<Command> {
  const program = new Command('epaxos')
    .description('A key-value store replicated by EPaxos')
    .version(packageVersion())
    .helpCommand('help [command]', 'help on a command')
    .enablePositionalOptions()
  const names = isCommand(asked) ? [asked] : Object.keys(commands)
  for (const name of names) program.addCommand(await commands[name]!(), { hidden: hidden.includes(name) })
  for (const command of [program, ...program.commands]) {
    // One line for an error, written by `main`.
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .showHelpAfterError(false)
  }
  return program
}

async function main(args: readonly string[]): Promise<void> {
  const asked = args[0]
  try {
    const program = await build(asked)
    if (asked === undefined) throw new UsageError(`expected a command: ${Object.keys(commands).join(', ')}`)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if (error instanceof CommanderError && error.exitCode === 0) return
    const more =
      error instanceof CommanderError || error instanceof UsageError
        ? ` (epaxos help${isCommand(asked) ? ` ${asked}` : ''} tells more)`
        : ''
    process.stderr.write(`epaxos: ${describeError(error)}${more}\n`)
  }
}

process.stdout.on('error', error => {
  // Nobody reads on (a closed pipe, as behind `head`): nothing is left to say.
  if ('code' in error && error.code === 'EPIPE') process.exit()
  throw error
})

await main(process.argv.slice(2))
