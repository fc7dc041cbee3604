import { Command, Option } from 'commander'
import {
  createCodec,
  createWsConnector,
  defaultLimits,
  type FetchedBackup,
  fetchBackup,
  harmless,
  systemClock,
} from '../../index.ts'
import { orJsonError } from './json-error.ts'
import { endpointsOption, jsonOption, parseDurationMs } from './options.ts'
import { jsonLine } from './output.ts'
import { UnfinishedFile } from './write-whole.ts'

interface BackupFlags {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
}

/** `epaxos backup FILE`: the state of a running cluster at one point, in a file; `serve --restore` begins with it. */
export const backupCommand = (): Command =>
  new Command('backup')
    .description('write the state of a running cluster, at one point of execution, to a file')
    .argument('<file>', 'appears when it is whole; what is there is replaced')
    .addOption(endpointsOption())
    .addOption(
      new Option('-t, --timeout <duration>', 'how long to wait for each answer')
        .default(60_000, '1m')
        .argParser(parseDurationMs),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nA new cluster begins with it: epaxos serve --bootstrap --restore FILE, at every replica.')
    .action(backup)

async function backup(path: string, { endpoints, timeout, json }: BackupFlags): Promise<void> {
  const codec = createCodec(defaultLimits)
  const connector = createWsConnector({ codec, clock: systemClock, limits: defaultLimits, isOperator: true })
  const file = new UnfinishedFile(path)
  const interrupt = (signal: NodeJS.Signals): void => {
    file.discard()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    process.kill(process.pid, signal)
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  let fetched: FetchedBackup
  try {
    fetched = await orJsonError(json === true, () =>
      fetchBackup({ endpoints, connector, codec, clock: systemClock, timeoutMs: timeout, sink: file }),
    )
    file.finish()
  } catch (error) {
    file.discard()
    throw error
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
  const { cluster, member, takenMs, commands, bytes } = fetched
  const taken = new Date(takenMs).toISOString()
  process.stdout.write(
    json
      ? jsonLine({ file: path, bytes, cluster, member, taken, commands })
      : `${harmless(`${path}: ${bytes} bytes, cluster '${cluster}' after ${commands} commands, by member ${member} at ${taken}`)}\n`,
  )
}
