import type { ClientError } from './errors.ts'
import type { ClientSession } from './session.ts'

/** One request of the user on its way: exactly one of `resolve` and `reject` is called, once. */
export interface Request {
  readonly kind: 'execute' | 'query' | 'status' | 'openSession'
  readonly payload: Uint8Array
  readonly timeoutMs: number
  /** On the client's clock. */
  readonly deadlineMs: number
  /** How often it was sent. */
  sent: number
  /** Its place in a session; undefined before it is first sent, and without sessions. */
  place: { readonly session: ClientSession; readonly sequence: number } | undefined
  resolve(payload: Uint8Array): void
  reject(error: ClientError): void
}
