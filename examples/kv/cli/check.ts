import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Command, InvalidArgumentError } from 'commander'
import {
  checkHistory,
  defaultBudget,
  type History,
  HistoryError,
  type HistoryVerdict,
  readHistory,
} from '../../../spec/sim/linearizability/index.ts'

const exitCodes = { linearizable: 0, notLinearizable: 1, undecided: 3 } as const
const unreadable = 2

interface CheckOptions {
  readonly json?: true
  readonly budget: number
}

/**
 * `check FILE`: is a recorded history linearizable? The verdict goes to standard output, notes and errors to standard
 * error. Exit code: 0 linearizable, 1 not, 2 usage or a file that cannot be read, 3 undecided within the budget.
 */
export function checkCommand(): Command {
  return new Command('check')
    .description('check that a recorded history is linearizable')
    .argument('<file>', 'history, as JSON lines, that `workload --history` wrote')
    .option('--json', 'print the verdict as JSON')
    .option('--budget <configurations>', 'give up on a key after so many configurations', positive, defaultBudget)
    .addHelpText('after', '\nExit code: 0 linearizable, 1 not, 2 usage or an unreadable file, 3 undecided.')
    .action(async (file: string, options: CheckOptions) => {
      process.exitCode = await check(file, options)
    })
}

async function check(file: string, options: CheckOptions): Promise<number> {
  let history: History
  try {
    history = await readFile(file)
  } catch (error) {
    if (!(error instanceof HistoryError) && !isFileError(error)) throw error
    process.stderr.write(`check: ${file}: ${error.message}\n`)
    return unreadable
  }
  for (const note of history.notes) process.stderr.write(`check: ${file}: ${note}\n`)
  const verdict = checkHistory(history.operations, options.budget)
  process.stdout.write(
    `${options.json ? JSON.stringify({ ...verdict, notes: history.notes }, plain) : text(verdict)}\n`,
  )
  return exitCodes[verdict.verdict]
}

async function readFile(file: string): Promise<History> {
  const input = createReadStream(file, 'utf8')
  // The file's errors end the lines, but are not thrown by them.
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  try {
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    return await Promise.race([readHistory(lines), failed])
  } finally {
    input.destroy()
  }
}

function text(it: HistoryVerdict): string {
  const counted = `${it.operations} operations on ${it.keys} keys`
  if (it.verdict === 'linearizable') return `linearizable: ${counted}`
  const undecided = `undecided within the budget: ${it.undecidedKeys.length} of ${it.keys} keys (${it.undecidedKeys.join(' ')})`
  if (it.violation === undefined) return `${undecided}; ${counted}`
  return [
    `not linearizable: ${it.badKeys.length} of ${it.keys} keys (${it.badKeys.join(' ')}); ${counted}`,
    ...(it.undecidedKeys.length > 0 ? [undecided] : []),
    ...it.violation.story,
  ].join('\n')
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error

function positive(argument: string): number {
  const number = Number(argument)
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number above 0.')
  return number
}
