import { append, cas, del, get, incr, type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import type { Codec } from '../../../net/codec.ts'
import type { KvOperation } from '../linearizability/index.ts'
import type { Draw } from '../world/random.ts'

/** How a client reaches a replica in the simulated world. */
export interface Door {
  /**
   * Connects to a replica; `ended` comes at once when its process is dead, and later when it dies.
   * @returns undefined when nobody listens
   */
  connect(
    replica: number,
    events: { answers(answers: readonly ClientAnswer[]): void; ended(): void },
  ): Pick<ClientPeerEvents, 'requests'> | undefined
  nowMs(): number
  after(delayMs: number, run: () => void): void
}

interface Pending {
  readonly name: string
  readonly command: KvCommand
  readonly startMs: number
  readonly mustBeAnswered: boolean
  answered: boolean
}

/** Who is told of what clients saw. */
export interface Witness {
  recorded(operation: KvOperation, name: string): void
}

const timeoutMs = 8_000

/** One closed-loop client: one command at a time, at one replica until that one fails it. */
export class KvWorldClient {
  readonly #id: number
  readonly #door: Door
  readonly #draw: Draw
  readonly #codec: Codec
  readonly #witness: Witness
  readonly #keys: number
  readonly #readShare: number
  #life = 0
  #count = 0

  constructor(
    id: number,
    door: Door,
    draw: Draw,
    codec: Codec,
    witness: Witness,
    load: { readonly keys: number; readonly readShare: number },
  ) {
    this.#id = id
    this.#door = door
    this.#draw = draw
    this.#codec = codec
    this.#witness = witness
    this.#keys = load.keys
    this.#readShare = load.readShare
  }

  /**
   * Sends one command to a replica and calls `done` when it is answered, or never will be.
   * @param mustBeAnswered no time-out: whoever asks for that checks that the answer comes
   */
  execute(replica: number, mustBeAnswered: boolean, done: (outcome: 'ok' | 'refused' | 'unknown') => void): void {
    const pending: Pending = {
      name: `c${this.#id}.${this.#count++}`,
      command: this.#nextCommand(),
      startMs: this.#door.nowMs(),
      mustBeAnswered,
      answered: false,
    }
    const finish = (outcome: 'ok' | 'refused' | 'unknown', result?: KvResult) => {
      if (pending.answered) return
      pending.answered = true
      if (outcome !== 'refused') this.#record(pending, outcome === 'ok' ? result : undefined)
      if (outcome === 'unknown') this.#life++
      done(outcome)
    }
    const connection = this.#door.connect(replica, {
      answers: ([answer]) => {
        if (answer?.type === 'refused') finish('refused')
        if (answer?.type === 'result') finish('ok', this.#codec.decodeData(answer.payload) as KvResult)
      },
      ended: () => finish('unknown'),
    })
    if (connection === undefined) {
      pending.answered = true
      done('refused')
      return
    }
    connection.requests([
      { type: 'propose', request: 1, payload: this.#codec.encodeData([pending.name, pending.command]) },
    ])
    if (!mustBeAnswered) this.#door.after(timeoutMs, () => finish('unknown'))
  }

  #nextCommand(): KvCommand {
    const draw = this.#draw
    const key = `k${draw.whole(0, this.#keys - 1)}`
    const value = `v${this.#id}.${this.#count}`
    if (draw.chance(this.#readShare)) return get(key)
    switch (draw.whole(0, 7)) {
      case 0:
        return append(key, `,${value}`)
      case 1:
        return cas(key, null, value)
      case 2:
        return del(key)
      case 3:
        return incr(key)
      default:
        return put(key, value)
    }
  }

  /** As it goes to the linearizability checker: times in ns, an unknown outcome has no end. */
  #record({ command, startMs, name }: Pending, result: KvResult | undefined): void {
    const common = {
      client: `${this.#id}.${this.#life}`,
      key: command[1],
      start: ns(startMs),
      end: result === undefined ? null : ns(this.#door.nowMs()),
    }
    const value = result?.ok === true ? result.value : null
    const operation = ((): KvOperation => {
      switch (command[0]) {
        case 1:
          return { ...common, op: 'put', args: command[2] }
        case 2:
          return { ...common, op: 'get', result: value as string | null }
        case 3:
          return { ...common, op: 'del', result: value === true }
        case 4:
          return { ...common, op: 'cas', args: [command[2], command[3]], result: value === true }
        case 5:
          return { ...common, op: 'append', args: command[2] }
        case 6:
          return { ...common, op: 'incr', args: command[2], result: value as number | null }
        default:
          throw new TypeError('no operation on one key')
      }
    })()
    this.#witness.recorded(operation, name)
  }
}

const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6))
