import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'

/** A snapshot that is of no use here: of another version, lacking what is gone here, or no snapshot at all. */
export class SnapshotError extends EpaxosError<
  ErrorCodeOf<'snapshotVersion' | 'snapshotLacks' | 'snapshotMalformed'>
> {}
