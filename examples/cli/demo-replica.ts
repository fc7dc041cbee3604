import { join } from 'node:path'
import { Command } from 'commander'
import { createNode } from '../../index.ts'
import { debuggable } from '../debugger/live/door.ts'
import { PrintedLog } from '../log/printed-log.ts'
import { createLogStateMachine } from '../log/state-machine.ts'
import { eventsOption, listenFdOption, tellingFailure } from './event-pipe.ts'
import { describeError } from './exit.ts'
import { type Members, parseMembers } from './members.ts'
import { parseDirectory, wholeNumber } from './options.ts'
import { outliveReaders, tellLine } from './output.ts'
import { type ProcessEvent, textOf } from './process-events.ts'
import { UntilStopped } from './until-stopped.ts'

interface DemoReplicaFlags {
  readonly id: number
  readonly members: Members
  readonly data: string
  readonly interval: number
  readonly bootstrap?: true
  readonly events?: number
  readonly listenFd?: number
}

export const demoCluster = 'demo'

/** Lines of this replica that are proposed and not in the log yet: no more, so that few are lost in a kill. */
const openMax = 4

/** `epaxos demo-replica`: one log printer of `demo`. It ends when its standard input does. */
export const demoReplicaCommand = (): Command =>
  new Command('demo-replica')
    .requiredOption('--id <number>', "this member's id", wholeNumber(1))
    .requiredOption('--members <list>', 'all members', parseMembers)
    .requiredOption('--data <dir>', "the directory of this replica's data", parseDirectory)
    .requiredOption('--interval <ms>', 'between two lines', wholeNumber(1))
    .option('--bootstrap', 'begin a new store')
    .addOption(eventsOption())
    .addOption(listenFdOption())
    .action(demoReplica)

const demoReplica = (flags: DemoReplicaFlags): Promise<void> => tellingFailure(flags.events, tell => run(flags, tell))

async function run(flags: DemoReplicaFlags, tell: (event: ProcessEvent) => void): Promise<void> {
  outliveReaders()
  const { id, members, data, interval, bootstrap } = flags
  const stop = new UntilStopped({ untilStdinEnds: true, outlivesTerminal: true })
  const log = new PrintedLog(join(data, 'log.txt'))
  const cluster = demoCluster
  const author = `replica ${id}`
  let lines = log.linesBefore.filter(line => line.endsWith(author)).length
  const stateMachine = createLogStateMachine((place, line) => {
    if (log.print(place, line)) tellLine(process.stdout, `${place} ${line}`)
  })
  const node = await createNode({
    id,
    members,
    data,
    cluster,
    bootstrap: bootstrap === true,
    listenFd: flags.listenFd,
    stateMachine,
    ...debuggable(),
    log: event => {
      tell(event)
      tellLine(process.stderr, textOf(event))
    },
    failed: error => stop.fail(error),
  })
  const startMs = Math.round(performance.now())
  tell({ code: 'ready', id, endpoint: members.get(id)!, cluster, pid: process.pid, startMs })
  let open = 0
  const timer = setInterval(() => {
    if (open >= openMax) return
    open += 1
    node
      .propose(`line ${++lines} of ${author}`)
      .catch(error => tellLine(process.stderr, describeError(error)))
      .finally(() => {
        open -= 1
      })
  }, interval)
  const cause = await stop.cause
  clearInterval(timer)
  if (cause.kind === 'failed') throw cause.error
  await node.drain()
  log.close()
  tell({ code: 'stopped', id })
}
