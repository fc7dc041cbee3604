import { CommanderError } from 'commander'
import { EpaxosError, type ErrorCode, harmless } from '../../index.ts'

/** What the shell is told. */
export const exitCodes = {
  done: 0,
  /** The cluster, the disk or the port said no; or what was asked for is absent. */
  refused: 1,
  /** The command line or the config file is wrong. */
  usage: 2,
  /** No replica answered in time. */
  noAnswer: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The command line or the config file is wrong: the message says what was expected. */
export class UsageError extends EpaxosError<'usage'> {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options)
  }
}

/** It was understood, and the answer is no. */
export class RefusedError extends EpaxosError<'refused'> {
  constructor(message: string, options?: ErrorOptions) {
    super('refused', message, options)
  }
}

const noAnswer: ReadonlySet<string> = new Set<ErrorCode>(['unknown', 'unavailable', 'overloaded'])

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (error instanceof UsageError) return exitCodes.usage
  if (error instanceof EpaxosError && noAnswer.has(error.code)) return exitCodes.noAnswer
  return exitCodes.refused
}

/** One line for standard error. Errors that nobody raised on purpose bring their stack along. */
export function describeError(error: unknown): string {
  if (error instanceof CommanderError) return oneLine(error.message.replace(/^error: /, ''))
  if (error instanceof EpaxosError) {
    return error.code === 'usage' || error.code === 'refused'
      ? oneLine(error.message)
      : `${error.code}: ${oneLine(error.message)}`
  }
  if (error instanceof Error && 'code' in error) return oneLine(error.message)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const oneLine = (text: string): string => harmless(text.replace(/\s*\n\s*/g, ' '))
