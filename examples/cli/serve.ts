import { Command, Option } from 'commander'
import { createNode, defaultCluster, EpaxosError, type Node } from '../../index.ts'
import { debuggable } from '../debugger/live/door.ts'
import { showPayload } from '../kv/show-payload.ts'
import { createKvStateMachine } from '../kv/state-machine.ts'
import { allowHostOption, allowOriginOption } from './access-options.ts'
import { secretFileOption } from './cluster-secret.ts'
import { eventsOption, listenFdOption, tellingFailure } from './event-pipe.ts'
import { listenOption } from './listen-option.ts'
import { parseMembers, warningOfEven } from './members.ts'
import { parseDirectory, wholeNumber } from './options.ts'
import { outliveReaders, tellLine } from './output.ts'
import { type ProcessEvent, textOf } from './process-events.ts'
import { readBackup } from './read-backup.ts'
import { type ServeFlags, serveConfig } from './serve-config.ts'
import { UntilStopped } from './until-stopped.ts'

/** `epaxos serve`: one replica of the key-value store, in the foreground. */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('run one replica; SIGTERM ends it when what is in flight is done')
    .option('--id <number>', "this member's id", wholeNumber(1))
    .option('--members <list>', 'all members: 1=ws://HOST:PORT,2=...', parseMembers)
    .option('--data <dir>', "the directory of this replica's data", parseDirectory)
    .option('--cluster <name>', `the cluster's name (default: ${defaultCluster})`)
    .option('--bootstrap', 'begin a new store: for a brand-new replica only')
    .option(
      '--restore <file>',
      'with --bootstrap: begin with a backup; the same one at every replica of the new cluster',
    )
    .option('--no-tap', 'lets nobody look: no debugger can attach')
    .option('--tap-token <token>', 'lets debuggers look from other machines, who know it; from this one all may')
    .option('--show-values', 'debuggers are shown what commands say; without it keys, sizes and hashes')
    .addOption(listenOption())
    .addOption(secretFileOption())
    .option('--insecure', 'listens beyond loopback without a cluster secret: whoever reaches it can speak as a member')
    .addOption(allowHostOption())
    .addOption(allowOriginOption())
    .option('--config <file>', 'JSON of the same names, and limits; flags override it')
    .addOption(eventsOption())
    .addOption(listenFdOption())
    .addHelpText(
      'after',
      `
Members prove to each other that they know the cluster secret. Clients are not authenticated, and nothing is encrypted:
for private networks only.
Exit code: 0 it was stopped, 1 it could not start or stopped by itself, 2 usage.`,
    )
    .addOption(new Option('--until-stdin-ends', 'end when standard input does').hideHelp())
    .action(serve)

const serve = (flags: ServeFlags): Promise<void> => tellingFailure(flags.events, tell => run(flags, tell))

async function run(flags: ServeFlags, tell: (event: ProcessEvent) => void): Promise<void> {
  outliveReaders()
  const config = serveConfig(flags)
  const { id, cluster } = config
  const warning = warningOfEven(config.members.size)
  if (warning !== undefined && config.bootstrap) tellLine(process.stderr, warning)
  const stop = new UntilStopped({ untilStdinEnds: flags.untilStdinEnds === true, outlivesTerminal: true })
  const say = (event: ProcessEvent, stream: NodeJS.WriteStream = process.stderr): void => {
    tell(event)
    tellLine(stream, textOf(event))
  }
  const { secretReadable } = config
  if (secretReadable !== undefined) say({ code: 'secretReadable', path: secretReadable })
  const starting = createNode({
    ...config,
    ...(config.noTap
      ? undefined
      : debuggable({ token: config.tapToken, show: config.showValues ? showPayload() : undefined })),
    listenFd: flags.listenFd,
    bootstrap: config.restore === undefined ? config.bootstrap : { restore: readBackup(config.restore) },
    stateMachine: createKvStateMachine(config.kvLimits),
    log: event => say(event),
    failed: error => stop.fail(error),
    votes: node => drainWhenAsked(stop, node),
  })
  const node = await orStopped(starting, stop)
  if (node === undefined) {
    say({ code: 'stopped', id })
    return
  }
  const endpoint = config.members.get(id)!
  const startMs = Math.round(performance.now())
  say({ code: 'ready', id, endpoint, cluster, pid: process.pid, startMs }, process.stdout)
  const cause = await stop.cause
  if (cause.kind === 'failed') throw cause.error
  await node.drain()
  say({ code: 'stopped', id })
}

/** It need not wait for the state, which may take seconds to load. */
function drainWhenAsked({ cause }: UntilStopped, node: Pick<Node<never, unknown>, 'drain'>): void {
  void cause.then(({ kind }) => (kind === 'asked' ? node.drain() : undefined)).catch(() => undefined)
}

/** The node; undefined when it was stopped before its state stood. */
async function orStopped<N>(starting: Promise<N>, stop: UntilStopped): Promise<N | undefined> {
  try {
    return await starting
  } catch (error) {
    if (stop.isAsked && error instanceof EpaxosError && error.code === 'notReady') return undefined
    throw error
  }
}
