import { createInterface } from 'node:readline'
import type { KvClient } from '../kv/client.ts'
import { askedOps } from '../kv/commands.ts'
import type { Answer } from '../kv/results.ts'
import { answerOf } from './answers.ts'
import { describeError, RefusedError, UsageError } from './exit.ts'
import { keysAtPrompt, keysUsage } from './keys.ts'
import type { Members } from './members.ts'
import { isKvOp, parseKvRequest, usageOf } from './parse-command.ts'
import { isHarmful, quoted } from './quoted.ts'
import type { ReplicaProcess } from './replica-process.ts'
import { askStatus, statusLine, statusTable } from './status-report.ts'
import { wordsOf } from './words.ts'

export interface PromptOptions {
  readonly client: KvClient
  readonly members: Members
  readonly replicas: ReadonlyMap<number, ReplicaProcess>
  readonly note: (text: string) => void
  readonly timeoutMs: number
  /** Ends the prompt after the command that runs. */
  readonly signal: AbortSignal
  /** Ctrl-C at the prompt: a terminal in raw mode sends no signal. */
  readonly interrupt: () => void
}

const help = `${askedOps.map(op => (op === 'keys' ? keysUsage : usageOf(op))).join('\n')}
status, kill ID, restart ID, help, exit
Words with blanks stand in "..." or '...'.`

/** Reads commands from standard input, one a line, one at a time; answers go to standard output, all else does not. */
export async function runPrompt(options: PromptOptions): Promise<void> {
  // The lines of an interface that is closed already never end.
  if (options.signal.aborted) return
  const isTerminal = process.stdin.isTTY === true
  const lines = createInterface({
    input: process.stdin,
    // The prompt itself is no answer.
    output: isTerminal ? process.stderr : undefined,
    terminal: isTerminal,
    prompt: 'epaxos> ',
  })
  options.signal.addEventListener('abort', () => lines.close(), { once: true })
  lines.on('SIGINT', options.interrupt)
  // A terminal that is gone ends the input.
  process.stdin.on('error', () => lines.close())
  const print = (text: string): Promise<void> => written(text, options.signal)
  if (isTerminal) {
    options.note("Type 'help' for the commands, 'exit' to leave.")
    lines.prompt()
  }
  for await (const line of lines) {
    const words = readWords(line)
    if (words instanceof UsageError) await print(`ERROR ${describeError(words)}`)
    else if (words[0] === 'exit') break
    else if (words.length > 0) {
      const answer = await run(words, options, isTerminal)
      if (answer !== undefined) await print(answer)
    }
    if (options.signal.aborted) break
    if (isTerminal) lines.prompt()
  }
  lines.close()
}

/** Writes an answer and waits until a reader takes it, or is gone: answers that nobody takes are not heaped up. */
function written(text: string, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    process.stdout.write(`${text}\n`, done)
  })
}

function readWords(line: string): readonly string[] | UsageError {
  try {
    return wordsOf(line)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
}

/** Every line has one answer, an error included: whoever pipes lines in can pair them. */
async function run(words: readonly string[], options: PromptOptions, isTerminal: boolean): Promise<string | undefined> {
  const [name = '', ...args] = words
  try {
    if (name === 'keys') return await keysAtPrompt(args, options.client)
    if (isKvOp(name)) {
      const { command, stale } = parseKvRequest(name, args)
      const result = await options.client[stale ? 'query' : 'execute'](command)
      const answer = answerOf(command, result)
      return result.ok || answer.ok ? inOneLine(answer) : `ERROR ${answer.reason}`
    }
    if (name === 'status') {
      const statuses = await askStatus(options.members, Math.min(options.timeoutMs, 1_000))
      return isTerminal ? statusTable(statuses) : statusLine(statuses)
    }
    if (name === 'kill') {
      await kill(replicaOf(args, options), options)
      return 'OK'
    }
    if (name === 'restart') {
      await replicaOf(args, options).start()
      return 'OK'
    }
    if (name === 'help') {
      options.note(help)
      return undefined
    }
    throw new UsageError(`'${name}' is no command; there are ${askedOps.join(', ')}, status, kill, restart, help, exit`)
  } catch (error) {
    return `ERROR ${describeError(error)}`
  }
}

async function kill(replica: ReplicaProcess, { client, timeoutMs }: PromptOptions): Promise<void> {
  if (!replica.isRunning) throw new RefusedError(`replica ${replica.id} does not run`)
  await replica.kill()
  // The client may have talked to this one: what it is asked next must not be sent into a dead connection.
  await client.status({ timeoutMs }).catch(() => undefined)
}

function replicaOf(args: readonly string[], { replicas }: PromptOptions): ReplicaProcess {
  const replica = args.length === 1 ? replicas.get(Number(args[0])) : undefined
  if (replica === undefined) {
    throw new UsageError(`expected one replica of ${[...replicas.keys()].join(', ')}, found '${args.join(' ')}'`)
  }
  return replica
}

/** What would break the line, or the words in it, is quoted. */
const wordOf = (text: string): string => (/^[^\s\p{C}"']+$/u.test(text) ? text : quoted(text))

function inOneLine(answer: Answer): string {
  if (!answer.ok) return `(${answer.reason})`
  const [only] = answer.lines
  if (answer.lines.length === 1 && only !== undefined) return isHarmful(only) ? quoted(only) : only
  return answer.lines.length === 0 ? '(none)' : answer.lines.map(wordOf).join(' ')
}
