import { Command, Option } from 'commander'
import type { KvClient } from '../kv/client.ts'
import type { ScanOptions } from '../kv/scan.ts'
import { UsageError } from './exit.ts'
import { checkWords } from './given-text.ts'
import { orJsonError } from './json-error.ts'
import { endpointsOption, jsonOption, staleOption, timeoutOption, wholeNumber } from './options.ts'
import { lineOf, quoted } from './quoted.ts'

interface KeysFlags extends Pick<ScanOptions, 'from' | 'after' | 'to' | 'limit'> {
  readonly endpoints: readonly string[]
  readonly timeout: number
  readonly json?: true
  readonly stale?: true
}

/** The arguments of `keys` at the prompt. */
export const keysUsage = 'keys [PREFIX] [--limit N] [--from KEY] [--after KEY] [--to KEY] [--stale]'

/** `epaxos keys`: all of them, fetched page by page and printed as they come. */
export function keysCommand(): Command {
  const command = new Command('keys')
    .description('print the keys, in the order of their bytes')
    .argument('[prefix]', 'only those that begin with it')
    .addOption(
      new Option('--limit <n>', 'at most so many; standard error says where to go on').argParser(wholeNumber(1)),
    )
    .addOption(new Option('--from <key>', 'from this key on').conflicts('after'))
    .addOption(new Option('--after <key>', 'after this key'))
    .addOption(new Option('--to <key>', 'before this key'))
    .addOption(endpointsOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addOption(staleOption())
    .addHelpText(
      'after',
      '\nKeys come in pages, each the state of one moment. Those with control characters are printed as JSON texts, as are those that begin' +
        ' with a quotation mark.\n' +
        'Exit code: 0 done, 2 usage, 3 no replica answered in time.',
    )
  return command.action(async (prefix: string | undefined) => {
    const flags = command.opts<KeysFlags>()
    const { endpoints, timeout: timeoutMs, json, stale, ...range } = flags
    checkWords([prefix, range.from, range.after, range.to].filter(word => word !== undefined))
    const { connectKv } = await import('../kv/connect.ts')
    const client = connectKv({ endpoints, timeoutMs })
    try {
      const options: ScanOptions = { prefix, ...range, ...(stale && { stale }) }
      const next = await orJsonError(json === true, () => (json ? printJson(client, options) : print(client, options)))
      if (next !== null && !json) process.stderr.write(`epaxos: there are more keys: --from ${quoted(next)}\n`)
    } finally {
      client.close()
    }
  })
}

/** @returns the key to go on from, or null */
async function print(client: KvClient, options: ScanOptions): Promise<string | null> {
  const keys = client.scan(options)
  for (;;) {
    const { value, done } = await keys.next()
    if (done) return value
    // Whoever reads sets the pace: keys that nobody takes are not fetched.
    if (!process.stdout.write(`${lineOf(value)}\n`)) await new Promise(resolve => process.stdout.once('drain', resolve))
  }
}

async function printJson(client: KvClient, options: ScanOptions): Promise<string | null> {
  const [keys, next] = await gathered(client, options)
  process.stdout.write(`${JSON.stringify({ ok: true, value: keys, ...(next !== null && { next }) })}\n`)
  return next
}

async function gathered(client: KvClient, options: ScanOptions): Promise<[keys: string[], next: string | null]> {
  const keys: string[] = []
  const scan = client.scan(options)
  for (;;) {
    const { value, done } = await scan.next()
    if (done) return [keys, value]
    keys.push(value)
  }
}

/** Keys that one line of the prompt shows. */
const promptKeysMax = 1_000

/** `keys` at the prompt: one line. @throws UsageError that names what was expected */
export async function keysAtPrompt(words: readonly string[], client: KvClient): Promise<string> {
  const [keys, next] = await gathered(client, { limit: promptKeysMax, ...keysOptionsOf(words) })
  const shown = keys.length === 0 ? '(none)' : keys.map(wordOf).join(' ')
  return next === null ? shown : `${shown} (more: --from ${quoted(next)})`
}

/** A key as a word of the prompt. */
const wordOf = (key: string): string => (/^[^\s\p{C}"'\\]+$/u.test(key) ? key : quoted(key))

/** @throws UsageError that names what was expected */
export function keysOptionsOf(words: readonly string[]): ScanOptions {
  const options: Record<string, string | number | true> = {}
  const expected = (): never => {
    throw new UsageError(`expected: ${keysUsage}; found '${words.join(' ')}'`)
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    const name = /^--(from|after|to|limit)$/.exec(word)?.[1]
    if (word === '--stale') options.stale = true
    else if (name !== undefined) options[name] = words[++at] ?? expected()
    else if (word === '--' && words.length === at + 2) options.prefix = words[++at]!
    else if (at > 0 || word.startsWith('--')) expected()
    else options.prefix = word
  }
  if (options.limit !== undefined) {
    const limit = Number(options.limit)
    if (!Number.isSafeInteger(limit) || limit < 1) expected()
    options.limit = limit
  }
  if (options.from !== undefined && options.after !== undefined) expected()
  return options
}
