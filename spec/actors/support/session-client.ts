import type { Replica } from '../../../actors/replica/replica.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import type { Codec } from '../../../net/codec.ts'

/** A client of one replica, as its connection sees it: a session, and commands in it, each with its fate. */
export class SessionClient<C> {
  readonly #codec: Codec
  readonly #requests: ClientPeerEvents
  /** Called for each command that is over. */
  readonly #settled: (refused: string | undefined) => void
  #session: string | undefined
  #request = 1
  #sequence = 1
  /** Requests that are not answered, and the sequence numbers of their commands, the oldest first. */
  readonly #open = new Map<number, number>()

  /** @param settled is told of each command: the code of its refusal, or undefined when it was executed */
  constructor(replica: Replica<C, unknown>, codec: Codec, settled: (refused: string | undefined) => void) {
    this.#codec = codec
    this.#settled = settled
    this.#requests = replica.connected({
      send: answers => {
        for (const answer of answers) this.#take(answer)
      },
      close: () => undefined,
    })
    this.#requests.requests([{ type: 'openSession', request: 0 }])
  }

  get isOpen(): boolean {
    return this.#session !== undefined
  }

  /** Asks for all of these in one message. */
  execute(commands: readonly C[]): void {
    const { lengths, bytes } = this.#codec.encodePieces(commands)
    const sequences = commands.map(() => this.#sequence++)
    const request = this.#request
    this.#request += commands.length
    for (const [at, sequence] of sequences.entries()) this.#open.set(request + at, sequence)
    const [floor] = this.#open.values()
    this.#requests.requests([
      { type: 'execute', request, session: this.#session!, floor: floor!, sequences, lengths, commands: bytes },
    ])
  }

  #take(answer: ClientAnswer): void {
    if (answer.type === 'sessionOpened') this.#session = answer.session
    else if (answer.type === 'refused') this.#settle(answer.request, answer.code)
    else if (answer.type === 'results') for (const request of answer.requests) this.#settle(request, undefined)
  }

  #settle(request: number, refused: string | undefined): void {
    this.#open.delete(request)
    this.#settled(refused)
  }
}
