import type { Replica } from '../../../actors/replica/replica.ts'
import { get } from '../../../examples/kv/commands.ts'
import type { ClientAnswer } from '../../../machines/protocol/client-messages.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Events } from '../../sim/world/events.ts'
import type { Draw } from '../../sim/world/random.ts'
import { hopMs } from './client.ts'
import type { Reading } from './reading.ts'

export interface ReaderOptions {
  readonly replica: Replica
  readonly rank: number
  readonly draw: Draw
  readonly events: Events
  readonly codec: Codec
  /** Nothing new is begun from here on, simulated ms. */
  readonly untilMs: number
  /** A read is about to be given to its site. */
  began(reading: Reading): void
  /** Its answer has left the site. */
  ended(reading: Reading): void
}

/** A client that reads the shared key, closed loop: it asks again when it has the answer. */
export function beginReader(options: ReaderOptions): void {
  const { replica, rank, draw, events, codec, untilMs, began, ended } = options
  const payload = codec.encodeData(get('shared'))
  let running: Reading | undefined
  let request = 0
  const handler = replica.connected({
    send: answers => answers.forEach(answered),
    close: reason => {
      throw new Error(`the connection of a reader was closed: ${reason}`)
    },
  })

  function next(): void {
    events.after(draw.between(hopMs.from, hopMs.to), () => {
      if (events.nowMs >= untilMs) return
      running = { rank, arrivedMs: events.nowMs, heardMs: Number.NaN, answeredMs: Number.NaN, isExplained: false }
      began(running)
      handler.requests([{ type: 'propose', request: ++request, payload }])
    })
  }

  function answered(answer: ClientAnswer): void {
    if (answer.type === 'refused') throw new Error(`a read was refused: ${answer.code}, ${answer.reason}`)
    if (answer.type !== 'result') return
    running!.answeredMs = events.nowMs
    ended(running!)
    next()
  }

  next()
}
