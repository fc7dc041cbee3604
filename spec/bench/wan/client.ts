import type { Replica } from '../../../actors/replica/replica.ts'
import { put } from '../../../examples/kv/commands.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Events } from '../../sim/world/events.ts'
import type { Draw } from '../../sim/world/random.ts'
import { executeOne } from '../../support/session-messages.ts'
import type { Operation } from './operation.ts'

export interface ClientOptions {
  readonly replica: Replica
  readonly rank: number
  /** Unique in the world. */
  readonly name: string
  /** Probability that a put goes to the shared key. */
  readonly conflicts: number
  readonly draw: Draw
  readonly events: Events
  readonly codec: Codec
  /** Nothing new is begun from here on, simulated ms. */
  readonly untilMs: number
  /** A put has reached the site. */
  began(operation: Operation): void
}

const value = 'v'.repeat(64)
/** Between a client and its replica, within one site, one way, ms: it varies, so that clients do not march in step. */
export const hopMs = { from: 0.1, to: 0.5 } as const

/** It asks again after so long, ms, where its site takes nothing: when it is cut off. */
const pauseMs = 50

/** A client in a session of its own, closed loop: it sends its next put when it has the answer to the last. */
export function beginClient(options: ClientOptions): void {
  const { replica, rank, name, conflicts, draw, events, codec, untilMs, began } = options
  let session = ''
  let sequence = 0
  let payload: Uint8Array = new Uint8Array()
  let running: Operation | undefined
  const hop = (run: () => void) => events.after(draw.between(hopMs.from, hopMs.to), run)
  const handler = replica.connected({
    send: answers => answers.forEach(answered),
    close: reason => {
      throw new Error(`the connection of ${name} was closed: ${reason}`)
    },
  })
  const request = (asked: ClientRequest) => hop(() => handler.requests([asked]))

  const send = () =>
    handler.requests([executeOne({ request: sequence, payload, session, sequence, floor: sequence - 1 })])

  function next(): void {
    hop(() => {
      if (events.nowMs >= untilMs) return
      payload = codec.encodeData(put(draw.chance(conflicts) ? 'shared' : name, value))
      running = {
        name: `${session} ${++sequence}`,
        rank,
        arrivedMs: events.nowMs,
        decidedMs: Number.NaN,
        committedMs: Number.NaN,
        isFast: false,
        answeredMs: Number.NaN,
      }
      began(running)
      send()
    })
  }

  function answered(answer: ClientAnswer): void {
    switch (answer.type) {
      case 'sessionOpened':
        session = answer.session
        next()
        return
      case 'results':
        running!.answeredMs = events.nowMs
        next()
        return
      case 'refused':
        if (answer.code !== 'notReady') throw new Error(`${name} was refused: ${answer.code}, ${answer.reason}`)
        events.after(pauseMs, send)
    }
  }

  request({ type: 'openSession', request: 0 })
}
