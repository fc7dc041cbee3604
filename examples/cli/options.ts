import { InvalidArgumentError, Option } from 'commander'

/** Where `start` listens unless told otherwise, and where the client commands look for it. */
export const defaultBasePort = 7101
export const defaultEndpoints: readonly string[] = [0, 1, 2].map(i => `ws://127.0.0.1:${defaultBasePort + i}`)

/** @throws InvalidArgumentError unless `text` is like `ws://HOST:PORT` */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.host === '') {
    throw new InvalidArgumentError(`expected ws://HOST:PORT, found '${text}'.`)
  }
  return text
}

/** A comma too many does no harm. @throws InvalidArgumentError when there is none, or one is none */
export function parseEndpoints(text: string): readonly string[] {
  const given = text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
  if (given.length === 0) throw new InvalidArgumentError(`expected ws://HOST:PORT, found '${text}'.`)
  return given.map(parseEndpoint)
}

/** The name of a directory. An empty one would be the working directory, which nobody means by it. */
export function parseDirectory(text: string): string {
  if (text === '') throw new InvalidArgumentError("expected a directory, found ''.")
  return text
}

/** A variable that is set to nothing is not set. */
function unsetIfEmpty(name: string): string {
  if (process.env[name]?.trim() === '') delete process.env[name]
  return name
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `500ms`, `2.5s`, `1m`, `1h` or `1d` as milliseconds. A bare number is refused: it could be either. */
export function parseDurationMs(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  const ms = Number(digits) * units[unit ?? '']!
  if (digits === undefined || !(ms > 0)) {
    throw new InvalidArgumentError(`expected a duration like 500ms, 2s, 1m or 1h, found '${text}'.`)
  }
  return ms
}

/** The same, and a bare number is seconds. In whole milliseconds. */
export const parseSecondsAsMs = (text: string): number =>
  Math.ceil(parseDurationMs(/[a-z]$/.test(text) ? text : `${text}s`))

/** A parser of whole numbers within bounds. */
export const wholeNumber =
  (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < min || value > max) {
      const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
      throw new InvalidArgumentError(`expected a whole number ${bounds}, found '${text}'.`)
    }
    return value
  }

export const endpointsOption = (): Option =>
  new Option('-e, --endpoints <list>', 'replicas to ask, in the order of preference, comma-separated')
    .env(unsetIfEmpty('EPAXOS_ENDPOINTS'))
    .default(defaultEndpoints, defaultEndpoints.join(','))
    .argParser(parseEndpoints)

export const timeoutOption = (): Option =>
  new Option('-t, --timeout <duration>', 'how long to wait for an answer, with its unit (500ms, 2s, 1m)')
    .default(5_000, '5s')
    .argParser(parseDurationMs)

export const staleOption = (): Option =>
  new Option('--stale', "answer from one replica's own state, without consensus: at once, and perhaps old")

export const jsonOption = (): Option => new Option('--json', 'print JSON')
