import { readFileSync, statSync } from 'node:fs'
import { UsageError } from './exit.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How to store what is no text, until keys and values are bytes. */
const remedy = 'keys and values are text in UTF-8: encode what is not, for example with base64'

/** @param where it comes from, in words. @throws UsageError unless the bytes are UTF-8: nothing is changed silently */
function textOf(bytes: Uint8Array, where: string): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new UsageError(`${where} is no UTF-8 (byte ${firstWrong(bytes)} of ${bytes.length}); ${remedy}`, { cause })
  }
}

/** Place of the first byte that cannot be read. */
function firstWrong(bytes: Uint8Array): number {
  const read = new TextDecoder('utf-8', { fatal: true })
  for (let at = 0; at < bytes.length; at++) {
    try {
      read.decode(bytes.subarray(at, at + 1), { stream: at + 1 < bytes.length })
    } catch {
      return at
    }
  }
  return bytes.length
}

/** More is in no frame: it is not read into memory only to be refused. */
const bytesMax = 16 * 1024 * 1024
const tooLong = (where: string): UsageError => new UsageError(`${where} has more than ${bytesMax} bytes`)

/** All of standard input as a value. @throws UsageError when it is no UTF-8, or too long for any value */
export async function textOfInput(input: AsyncIterable<Uint8Array> = process.stdin): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of input) {
    bytes += part.length
    if (bytes > bytesMax) throw tooLong('standard input')
    parts.push(part)
  }
  return textOf(Buffer.concat(parts), 'standard input')
}

/** A file as a value. @throws UsageError when it cannot be read, is no UTF-8, or too long for any value */
export function textOfFile(path: string): string {
  let bytes: Uint8Array
  try {
    if (statSync(path).size > bytesMax) throw tooLong(path)
    bytes = readFileSync(path)
  } catch (cause) {
    throw new UsageError(`--file ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  return textOf(bytes, `--file ${path}`)
}

/**
 * Checks that the words of the command line are what was typed. Node replaces bytes that are no UTF-8 by U+FFFD, so a
 * word with that character is compared with the bytes that the system has, where it shows them.
 * @throws UsageError for a word that is no UTF-8, or cannot be known to be
 */
export function checkWords(words: readonly string[], given: () => Uint8Array | undefined = commandLine): void {
  const suspect = words.find(word => word.includes('\ufffd'))
  if (suspect === undefined) return
  const bytes = given()
  if (bytes === undefined)
    throw new UsageError(
      `an argument has U+FFFD in it, or is no UTF-8; give the value with --file or on standard input`,
    )
  textOf(bytes, 'an argument')
}

/** The bytes of the command line; undefined where the system does not show them. */
function commandLine(): Uint8Array | undefined {
  try {
    return readFileSync('/proc/self/cmdline')
  } catch {
    return undefined
  }
}
