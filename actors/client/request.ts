import type { ClientError } from './errors.ts'
import type { ClientSession } from './session.ts'

/** One request on its way: exactly one of `resolve` and `reject` is called, once. */
export interface Request {
  readonly kind: 'execute' | 'query' | 'status' | 'openSession'
  readonly payload: Uint8Array
  /** Whether its result is wanted as plain data; else as bytes. */
  readonly isData: boolean
  readonly timeoutMs: number
  /** Deadline on the client's clock. */
  readonly deadlineMs: number
  /** Number of times that it was sent. */
  sent: number
  /** Its place in a session; undefined before it is first sent, and without sessions. */
  place: { readonly session: ClientSession; readonly sequence: number } | undefined
  /** The floor of its session with which it was refused, since too many answers were not acknowledged. */
  heldAt: number | undefined
  /** @param result in the wanted form */
  resolve(result: unknown): void
  reject(error: ClientError): void
}

/** The content of a request, and its deadline. */
export type Asked = Pick<Request, 'kind' | 'payload' | 'isData' | 'timeoutMs' | 'deadlineMs'>

/** One request of the user; a class, as there are many. */
export class UserRequest implements Request {
  readonly kind: Request['kind']
  readonly payload: Uint8Array
  readonly isData: boolean
  readonly timeoutMs: number
  readonly deadlineMs: number
  sent = 0
  place: Request['place'] = undefined
  heldAt: number | undefined = undefined
  readonly #resolve: (result: unknown) => void
  readonly #reject: (error: ClientError) => void
  readonly #settled: (request: Request) => void

  constructor(
    asked: Asked,
    resolve: (result: unknown) => void,
    reject: (error: ClientError) => void,
    settled: (request: Request) => void,
  ) {
    this.kind = asked.kind
    this.payload = asked.payload
    this.isData = asked.isData
    this.timeoutMs = asked.timeoutMs
    this.deadlineMs = asked.deadlineMs
    this.#resolve = resolve
    this.#reject = reject
    this.#settled = settled
  }

  resolve(result: unknown): void {
    this.#settled(this)
    this.#resolve(result)
  }

  reject(error: ClientError): void {
    this.#settled(this)
    this.#reject(error)
  }
}
