import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Command } from 'commander'
import { harmless } from '../../index.ts'
import {
  checkHistory,
  defaultBudget,
  type History,
  HistoryError,
  type HistoryVerdict,
  readHistory,
} from '../../spec/sim/index.ts'
import { UsageError } from './exit.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { harmlessLines, tellLine } from './output.ts'

/** What the shell is told of a verdict; a file that cannot be read is a wrong command line. */
const verdictCodes = { linearizable: 0, notLinearizable: 1, undecided: 3 } as const

interface CheckFlags {
  readonly json?: true
  readonly budget: number
}

/** `epaxos check FILE`: is a recorded history linearizable, and if not, where does it first show? */
export const checkCommand = (): Command =>
  new Command('check')
    .description('check that a recorded history is linearizable')
    .argument('<file>', 'history, as JSON lines, as `workload --history` writes it')
    .option('--budget <configurations>', 'give up on a key after so many', wholeNumber(1), defaultBudget)
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code: 0 linearizable, 1 not, 2 usage or an unreadable file, 3 undecided.')
    .action(check)

async function check(file: string, flags: CheckFlags): Promise<void> {
  const { operations, notes } = await read(file)
  for (const note of notes) tellLine(process.stderr, `${file}: ${note}`)
  if (operations.length === 0) throw new UsageError(`${file}: it holds no operation to judge`)
  const verdict = checkHistory(operations, flags.budget)
  const text = flags.json
    ? harmless(JSON.stringify({ ...verdict, notes }, withBigints))
    : harmlessLines(textOf(verdict))
  process.stdout.write(`${text}\n`)
  process.exitCode = verdictCodes[verdict.verdict]
}

/** @throws UsageError when the file cannot be read, or is no history */
async function read(file: string): Promise<History> {
  const input = createReadStream(file, 'utf8')
  // An error of the file is not thrown by the lines that are read from it.
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  try {
    return await Promise.race([readHistory(createInterface({ input, crlfDelay: Infinity })), failed])
  } catch (error) {
    if (error instanceof HistoryError || (error instanceof Error && 'syscall' in error)) {
      throw new UsageError(`${file}: ${error.message}`, { cause: error })
    }
    throw error
  } finally {
    input.destroy()
  }
}

function textOf(it: HistoryVerdict): string {
  const counted = `${it.operations} operations on ${it.keys} keys`
  const named = (keys: readonly string[]): string => `${keys.length} of ${it.keys} keys (${keys.join(' ')})`
  if (it.verdict === 'linearizable') return `linearizable: ${counted}`
  const undecided = `undecided within the budget: ${named(it.undecidedKeys)}`
  if (it.violation === undefined) return `${undecided}; ${counted}`
  return [
    `not linearizable: ${named(it.badKeys)}; ${counted}`,
    ...(it.undecidedKeys.length > 0 ? [undecided] : []),
    ...it.violation.story,
  ].join('\n')
}

const withBigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
