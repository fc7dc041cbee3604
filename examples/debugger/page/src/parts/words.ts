import type { TracedCommand, TracedValue } from '../../../trace/format.ts'

/** What an instance is about; values only where they are shown. */
export function commandInWords(cmd: TracedValue | undefined, areShown: boolean): string {
  if (cmd === undefined) return 'command not seen'
  if (cmd === 'nop') return 'Nop'
  if (areShown && cmd.shown !== undefined && cmd.shown.length > 0) return cmd.shown.join('; ')
  const keys = keysInWords(cmd)
  return `${keys === '' ? 'no keys' : keys} · ${cmd.bytes} B · #${cmd.hash}`
}

function keysInWords({ writes, reads, moreKeys }: TracedCommand): string {
  const written = writes === 'all' ? ['all keys'] : writes
  const read = reads === 'all' ? ['all keys'] : reads
  return [
    ...(written.length === 0 ? [] : [`writes ${written.slice(0, 4).join(', ')}`]),
    ...(read.length === 0 ? [] : [`reads ${read.slice(0, 4).join(', ')}`]),
    ...(moreKeys === undefined ? [] : [`${moreKeys} more`]),
  ].join(', ')
}

/** `12.345 s`: where in the trace. */
export const timeInWords = (ms: number): string =>
  ms < 10_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(3)} s`

export const count = (value: number): string => Math.round(value).toLocaleString('en-US')
/** `12k`: where there is little room. */
export const short = (value: number): string =>
  value < 1_000 ? String(value) : value < 1_000_000 ? `${trim(value / 1_000)}k` : `${trim(value / 1_000_000)}M`
const trim = (value: number): string => (value < 10 ? value.toFixed(1).replace('.0', '') : String(Math.round(value)))
