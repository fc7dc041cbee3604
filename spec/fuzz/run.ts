/** `npm run fuzz`: one door of a real cluster under attack. `--help` tells more. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { describeError, exitCodeOf, exitCodes, RefusedError, UsageError } from '../../examples/cli/exit.ts'
import { jsonOption, wholeNumber } from '../../examples/cli/options.ts'
import { systemRandom } from '../../net/system-random.ts'
import { type Attack, attackIn, lineOfAttack } from './attack.ts'
import { type DoorName, doorNames } from './doors/door.ts'
import { kindNames } from './doors/of-members.ts'
import { asJson, asText } from './report.ts'
import { runTrial, type TrialReport } from './trial.ts'

interface Flags {
  readonly minutes: number
  readonly seconds?: number
  readonly rate: number
  readonly seed?: number
  readonly replay?: string
  readonly kinds?: readonly string[]
  readonly json?: true
}

const stop = new AbortController()

const command = new Command('npm run fuzz --')
  .description('attack one door of a real cluster with frames and requests that are broken, and with numbers that lie')
  .addArgument(
    new Argument(
      '<door>',
      "peer: a member with a true greeting; client: clients and all of HTTP; debugger: its servers, and replicas' doors of observers",
    ).choices(doorNames),
  )
  .option('--minutes <count>', 'of attacks', wholeNumber(1, 10_000), 1)
  .addOption(
    new Option('--seconds <count>', 'of attacks, instead').argParser(wholeNumber(1, 600_000)).conflicts('minutes'),
  )
  .option('--rate <count>', 'attacks a second, at most', wholeNumber(1, 10_000), 100)
  .option('--seed <number>', 'of all draws; else one by chance, which is printed', wholeNumber(0, 2 ** 32 - 1))
  .addOption(
    new Option('--kinds <list>', 'only attacks of these kinds, comma-separated; a run names them')
      .argParser(text => text.split(','))
      .conflicts('replay'),
  )
  .option('--replay <file>', 'the attacks in a file that a run with a finding has left, and no others')
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `
Three replicas run as processes, with honest clients beside the attacks. At the door of peers the third member is the one
that attacks: it has a true greeting and heartbeats, says that it cannot vote, and lies about numbers, shapes and payloads.

A run fails when a process ends, when honest clients are not served or their 99th percentile is more than twice that of
before, and of a time in which the same attacks go to nobody (and above 50 ms), when a process takes more than 512 MiB of memory, or when a write and a read through each
replica, or a page of each debugger, take more than 2 s after the last attack.

Equal seeds draw equal attacks, but for those made from what the member heard. So a run with a finding leaves its latest
attacks in a file, and --replay does them again. Beside it stands what the replicas printed.
Exit code: 0, 1 when something is found, 2 usage, 130 Ctrl-C.`,
  )
  .action(fuzz)
  .exitOverride()

async function fuzz(door: DoorName, flags: Flags): Promise<void> {
  const seconds = flags.seconds ?? flags.minutes * 60
  const seed = flags.seed ?? Math.floor(systemRandom() * 2 ** 31)
  const replay = flags.replay === undefined ? undefined : attacksIn(flags.replay)
  const what = replay === undefined ? `${seconds} s, seed ${seed}` : `${replay.length} attacks of ${flags.replay}`
  process.stderr.write(`fuzz ${door}: ${what}\n`)
  const report = await runTrial({
    ...{ door, seed, seconds, replay },
    rate: flags.rate,
    kinds: kindsOf(door, flags.kinds),
    signal: stop.signal,
    told: line => process.stderr.write(`  ${line}\n`),
  })
  const left = report.findings.length > 0 ? leave(report) : undefined
  process.stdout.write(`${flags.json ? asJson(report, left) : asText(report, left)}\n`)
  if (left !== undefined) process.exitCode = exitCodes.refused
}

/** @throws UsageError for a kind that the door does not have */
function kindsOf(door: DoorName, kinds: readonly string[] | undefined): readonly string[] | undefined {
  const wrong = kinds?.find(kind => !kindNames(door).includes(kind))
  if (wrong !== undefined)
    throw new UsageError(`--kinds: ${door} has no ${wrong}; it has ${kindNames(door).join(', ')}`)
  return kinds
}

/** Writes down what is needed to look at a finding. @returns the file of attacks */
function leave({ door, seed, latest, output }: TrialReport): string {
  const folder = mkdtempSync(join(tmpdir(), 'epaxos-fuzz-'))
  const file = join(folder, `${door}-${seed}.attacks.jsonl`)
  writeFileSync(file, latest.map(lineOfAttack).join(''))
  writeFileSync(join(folder, `${door}-${seed}.replicas.log`), `${output}\n`)
  return file
}

function attacksIn(file: string): readonly Attack[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(attackIn)
  } catch (cause) {
    throw new UsageError(`--replay ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

process.once('SIGINT', () => stop.abort(new RefusedError('interrupted')))
try {
  await command.parseAsync()
} catch (error) {
  process.exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodeOf(error)
  // Commander has printed its own.
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`fuzz: ${describeError(error)}\n`)
}
// A socket of an attack may linger; the run is over.
process.exit()
