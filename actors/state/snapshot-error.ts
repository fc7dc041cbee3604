import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

/** The error of a useless snapshot: of another version, without instances whose records are gone here, or malformed. */
export class SnapshotError extends EpaxosError<
  ErrorCodeOf<'snapshotVersion' | 'snapshotLacks' | 'snapshotMalformed'>
> {}
