import type { RefusalCode } from '../../machines/protocol/client-messages.ts'

/** The reason why a command may not be proposed, or a query not be answered. */
export interface Refusal {
  readonly code: Exclude<RefusalCode, 'sessionExpired' | 'outdated' | 'tooManyUnacknowledged'>
  readonly reason: string
}
