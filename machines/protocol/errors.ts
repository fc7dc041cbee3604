import type { ErrorCode, ErrorCodeOf } from './error-codes.ts'

/**
 * Every error that this package raises on purpose. `code` is stable and made for programs; the message names the
 * expected value, the found one, and the place. Programs on top of the package may have codes of their own.
 */
export class EpaxosError<Code extends string = ErrorCode> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** A rule of the protocol, or an assumption it stands on, does not hold: the replica stops rather than go on. */
export class InvariantError extends EpaxosError<ErrorCodeOf<'invariantBroken'>> {
  constructor(message: string, options?: ErrorOptions) {
    super('invariantBroken', message, options)
  }
}

/** @throws InvariantError with `message` unless `condition` holds. */
export function invariant(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InvariantError(message())
}
