import { programErrorCodes } from '../../examples/cli/error-codes.ts'
import { textOf } from './documents.ts'
import { tableOf } from './markdown.ts'

const [begin, end] = ['<!-- error codes: npx tsx spec/documents/write.ts -->', '<!-- end of error codes -->']

/** The operations guide with the table of all error codes in its place. `write.ts` writes it and a spec compares it. */
export function operationsWithErrorCodes(): string {
  const text = textOf('examples/cli/OPERATIONS.md')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error('examples/cli/OPERATIONS.md has no place for the error codes')
  const rows = Object.entries(programErrorCodes).map(([code, { meaning, remedy }]) => [
    `\`${code}\``,
    sentence(meaning),
    sentence(remedy),
  ])
  return `${text.slice(0, from)}${begin}\n\n${tableOf(['error code', 'meaning', 'what to do'], rows)}\n${text.slice(to)}`
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
