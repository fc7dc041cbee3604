import type { Keys } from '../../machines/protocol/commands.ts'
import type { Read } from '../reading/round.ts'

/** The interface of reads by quorum for connections. */
export interface ReadsPort {
  /**
   * Takes a command that only reads these keys in.
   * @returns whether it was taken: otherwise it goes as an ordinary command
   */
  take(keys: Keys, command: unknown, told: Pick<Read, 'answered' | 'asCommand' | 'dropped'>): boolean
  /** Whether the session was used lately, so that it does not expire while it only reads. */
  isKnown(session: string): boolean
}
