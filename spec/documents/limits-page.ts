import { readFileSync } from 'node:fs'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { defaultKvLimits } from '../../examples/kv/validation.ts'
import { tableOf } from './markdown.ts'

const head = `# Limits

Made from [the table of limits](limits.ts) by \`npx tsx spec/documents/write.ts\`; a spec holds it to the table.

Every queue, frame, retry, delay and map has a limit. \`serve --config FILE\` takes them under \`limits\` ([operations guide](../../examples/cli/OPERATIONS.md#run-a-cluster)),
\`createNode\` and \`createReplica\` as the option \`limits\`. All replicas of a cluster should have the same.

Limits may go up and down from one life of a replica to the next, and differ between replicas meanwhile: they bound what is taken in from
now on. What was taken in before, or elsewhere, is read and executed, since sizes of commands, batches and frames have a ceiling, four times the
default, up to which every replica reads. A limit above its ceiling is refused at the start. A client is not sent a result beyond the limits of now.
`

/** A field of an interface that has limits, with the text of its docstring. */
interface Documented {
  readonly name: string
  readonly text: string
}

/** The docstrings of all number fields in a source file: they are what the page says of them. */
export function documentedIn(path: string): readonly Documented[] {
  const source = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const fields = source.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?^ {2}readonly (\w+): number$/gm)
  return [...fields].map(([, doc = '', name]) => ({
    name: name!,
    text: doc
      .split('\n')
      .map(line => line.replace(/^\s*\*? ?/, '').trim())
      .join(' ')
      .trim(),
  }))
}

/** The page of all limits: name, default, unit and meaning. `write.ts` writes it and a spec compares it. */
export function limitsPage(): string {
  const table = (documented: readonly Documented[], defaults: Readonly<Record<string, number>>): string =>
    tableOf(
      ['limit', 'default', 'unit', 'what it bounds'],
      documented.map(({ name, text }) => [
        `\`${name}\``,
        shown(defaults[name]!, unitOf(name)),
        unitOf(name),
        text.replaceAll('<', '\\<'),
      ]),
    )
  const replica = [...documentedIn('machines/protocol/shape.ts'), ...documentedIn('actors/shared/limits.ts')]
  return [
    head,
    '## Of a replica\n',
    table(replica, { ...defaultLimits }),
    '## Of the key-value store\n',
    table(documentedIn('examples/kv/validation.ts'), { ...defaultKvLimits }),
  ].join('\n')
}

/** The unit stands last in the name, or before `Max` and `Min`. */
export function unitOf(name: string): string {
  const word = /([A-Z]?[a-z]+)(?:Max|Min|Kept)?$/.exec(name)?.[1] ?? name
  if (word === 'Ms') return 'ms'
  return /bytes/i.test(name) ? 'bytes' : 'count'
}

function shown(value: number, unit: string): string {
  const digits = value.toLocaleString('en-US')
  const mib = value / 2 ** 20
  if (unit !== 'bytes' || value < 1024) return digits
  return mib >= 1 ? `${digits} (${round(mib)} MiB)` : `${digits} (${round(value / 1024)} KiB)`
}

const round = (value: number): string => String(Math.round(value * 100) / 100)
