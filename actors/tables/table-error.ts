import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

/** A key, a value, a name of a table or a segment that is not what it should be. */
export class TableError extends EpaxosError<ErrorCodeOf<'malformed'>> {}
