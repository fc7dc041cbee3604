import type { Replica } from '../../../actors/replica/replica.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { apart, firstResult } from '../../support/session-messages.ts'

/** An answer to one command of a session. */
export interface NumberedAnswer {
  readonly code?: string
  readonly reason?: string
  readonly result?: unknown
}

/** A client of one replica that numbers its commands itself, and so may repeat some. */
export class NumberedClient<C> {
  readonly answers: NumberedAnswer[] = []
  isClosed = false
  readonly #codec = createCodec(defaultLimits)
  readonly #requests
  #session: string | undefined
  #request = 1

  constructor(replica: Replica<C, unknown>) {
    this.#requests = replica.connected({
      send: answers => {
        for (const answer of answers) for (const one of apart(answer)) this.#take(one)
      },
      close: () => {
        this.isClosed = true
      },
    })
    this.#requests.requests([{ type: 'openSession', request: 0 }])
  }

  get isOpen(): boolean {
    return this.#session !== undefined
  }

  /** Asks for commands in one message. @param first the number of the first in the session */
  execute(first: number, ...commands: readonly C[]): void {
    const { lengths, bytes } = this.#codec.encodePieces(commands)
    const sequences = commands.map((_, at) => first + at)
    const request = this.#request
    this.#request += commands.length
    const session = this.#session!
    this.#requests.requests([{ type: 'execute', request, session, floor: 0, sequences, lengths, commands: bytes }])
  }

  #take(answer: ClientAnswer): void {
    if (answer.type === 'sessionOpened') this.#session = answer.session
    else if (answer.type === 'refused') this.answers.push({ code: answer.code, reason: answer.reason })
    else if (answer.type === 'results') this.answers.push({ result: firstResult(answer, this.#codec)?.result })
  }
}
