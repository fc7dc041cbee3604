import { UsageError } from './exit.ts'

const word = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+))(?=\s|$)/suy

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', 0: '\0' }
/** All that JSON has, too: what was printed quoted is read again as it was. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, code: string | undefined, char: string) =>
    code === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  )

/**
 * The words of one line of the prompt: separated by blanks; "..." with \n, \t, \", \u001b and \\, or '...' as it stands, keep
 * blanks.
 * @throws UsageError when a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  const text = line.trim()
  for (let at = 0; at < text.length; at = word.lastIndex) {
    word.lastIndex = at
    const match = word.exec(text)
    if (match === null) {
      throw new UsageError(
        `expected words, "..." or '...' separated by blanks, found: ${text.slice(at, at + 40).trim()}`,
      )
    }
    const [, double, single, plain] = match
    words.push(single ?? unescaped(double ?? plain ?? ''))
  }
  return words
}
