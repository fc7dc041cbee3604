import type { ClientError } from './errors.ts'

/** One request of the user on its way: exactly one of `resolve` and `reject` is called, once. */
export interface Request {
  readonly kind: 'propose' | 'status'
  readonly payload: Uint8Array
  readonly timeoutMs: number
  /** On the client's clock. */
  readonly deadlineMs: number
  resolve(payload: Uint8Array): void
  reject(error: ClientError): void
}
