import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Flags, as `parseArgs` of node:util takes them. */
export type Flags = NonNullable<ParseArgsConfig['options']>

/** The command line is wrong: the message says what was expected. */
export class UsageError extends Error {}

/**
 * The values of flags, and nothing beside them.
 * @throws UsageError that says what is wrong with the arguments
 */
export function parseFlags<F extends Flags>(args: readonly string[], options: F) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** @throws UsageError unless `text` is a whole number of at least `least` */
export function whole(flag: string, text: string, least: number): number {
  const value = Number(text)
  if (text === '' || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(`${flag} ${text}: a whole number of at least ${least} was expected`)
  return value
}
