import { createRequire } from 'node:module'
import { Command } from 'commander'
import { askedOps } from '../kv/commands.ts'

/** A command's file is loaded only when it is asked for: a replica that starts again must be ready soon. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  ...Object.fromEntries(askedOps.map(op => [op, async () => (await import('./kv-command.ts')).kvCommand(op)])),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  backup: async () => (await import('./backup.ts')).backupCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  peer: async () => (await import('./peer.ts')).peerCommand(),
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

export const commandNames: readonly string[] = Object.keys(commands)
export const isCommand = (word: string | undefined): word is string =>
  word !== undefined && Object.hasOwn(commands, word)

/**
 * The program with the command that is asked for, or with all of them: `main` runs it, and the CLI reference is made from it.
 * An error is thrown, never printed: `main` writes one line.
 */
export async function programOf(asked: string | undefined): Promise<Command> {
  const program = new Command('epaxos')
    .description('A key-value store replicated by EPaxos')
    .version(packageVersion())
    .helpCommand('help [command]', 'help on a command')
    .enablePositionalOptions()
  const names = isCommand(asked) ? [asked] : commandNames
  for (const name of names) program.addCommand(await commands[name]!(), { hidden: hidden.includes(name) })
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .showHelpAfterError(false)
  }
  return program
}
