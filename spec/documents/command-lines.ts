import { wordsOf } from '../../examples/cli/words.ts'
import { blocksOf, documents, textOf } from './documents.ts'

/** One command in a document. */
export interface CommandLine {
  readonly where: string
  readonly words: readonly string[]
  /** It stands in a block to be copied; otherwise in a sentence, where an argument may be a word in capitals or left out. */
  readonly isWhole: boolean
}

/** The commands in all `sh` blocks, and those in `code` within a line that name a program of this project. */
export const commandLines: readonly CommandLine[] = documents.flatMap(path => [
  ...blocksOf(path)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ line, text }) =>
      text.split('\n').flatMap((each, at) => commandsOf(`${path}:${line + 1 + at}`, each, true)),
    ),
  ...inSentences(path),
])

/** `VAR=1 a b && c | d # words`: the commands in one line of a shell. */
function commandsOf(where: string, line: string, isWhole: boolean): readonly CommandLine[] {
  return line
    .replace(/(^|\s)#.*$/, '')
    .replace(/\s\d?>>?\s*\S+/g, '')
    .split(/&&|\||>/)
    .map(part => wordsOf(part.trim()))
    .map(words => words.slice(words.findIndex(word => !/^[A-Z_]+=/.test(word))))
    .filter(words => words.length > 0)
    .map(words => ({ where, words, isWhole }))
}

function inSentences(path: string): readonly CommandLine[] {
  const prose = textOf(path).replace(/^( *)```[\s\S]*?^\1```$/gm, '')
  return [...prose.matchAll(/`((?:npm|npx|epaxos) [^`\n]+)`/g)].flatMap(([, code]) => commandsOf(path, code!, false))
}

/** The arguments of a command of this program; undefined for other commands. */
export function epaxosArguments([first, ...words]: readonly string[]): readonly string[] | undefined {
  if (first === 'epaxos') return words
  const [second, ...rest] = words[0] === '-s' ? words.slice(1) : words
  if (first === 'npx' && second === 'epaxos') return rest
  if (first === 'npm' && second === 'start') return ['start', ...afterDashes(rest)]
  const script = first === 'npm' && second === 'run' ? rest.filter(word => word !== '-s') : []
  if (script[0] === 'epaxos') return afterDashes(script.slice(1))
  if (first === 'node' && second === 'dist/examples/cli/main.js') return rest
  return undefined
}

const afterDashes = (words: readonly string[]): readonly string[] =>
  words.slice(words.indexOf('--') + 1 || words.length)

/** `npm run NAME -- FLAGS`, `npm test`: the script of package.json, and what it is given. */
export function scriptOf(
  words: readonly string[],
): { readonly name: string; readonly args: readonly string[] } | undefined {
  const [first, ...rest] = words.filter(word => word !== '-s')
  if (first !== 'npm' || rest[0] === 'install' || rest[0] === 'pack') return undefined
  const [name, ...args] = rest[0] === 'run' ? rest.slice(1) : rest
  return { name: name!, args: afterDashes(args) }
}
