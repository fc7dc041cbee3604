import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Clock } from '../clock.ts'
import type { Codec } from '../codec.ts'

/**
 * What becomes of one message: undefined: it goes with its frame; otherwise it travels by itself, `copies` times (0: it
 * is lost), after `delayMs`. Whoever writes it brings the randomness.
 */
export type Fate = (
  from: ReplicaId,
  to: ReplicaId,
  message: Message,
) => { readonly copies: number; readonly delayMs: number } | undefined

/** The ways between replicas of one process: a frame takes a turn of the clock, unless its fate is another. */
export interface Wires {
  send(from: ReplicaId, to: ReplicaId, messages: readonly Message[], deliver: Deliver): void
  isCut(from: ReplicaId, to: ReplicaId): boolean
  cut(from: ReplicaId, to: ReplicaId): void
  heal(from: ReplicaId, to: ReplicaId): void
  setFate(fate: Fate | undefined): void
}
type Deliver = (messages: readonly Message[]) => void

export function createWires(clock: Clock, codec: Codec | undefined): Wires {
  const cuts = new Set<string>()
  const nameOf = (from: ReplicaId, to: ReplicaId): string => `${from}>${to}`
  let fate: Fate | undefined

  function later(
    from: ReplicaId,
    to: ReplicaId,
    messages: readonly Message[],
    delayMs: number,
    deliver: Deliver,
  ): void {
    if (messages.length === 0) return
    const frame = codec?.encodeMessages(messages)
    clock.setTimeout(() => {
      // What is under way when the way is cut is lost with it.
      if (cuts.has(nameOf(from, to))) return
      deliver(frame === undefined || codec === undefined ? messages : codec.decodeMessages(frame))
    }, delayMs)
  }

  return {
    send(from, to, messages, deliver) {
      if (fate === undefined) return later(from, to, messages, 0, deliver)
      const together: Message[] = []
      for (const message of messages) {
        const its = fate(from, to, message)
        if (its === undefined) together.push(message)
        else for (let copy = 0; copy < its.copies; copy++) later(from, to, [message], its.delayMs, deliver)
      }
      later(from, to, together, 0, deliver)
    },
    isCut: (from, to) => cuts.has(nameOf(from, to)),
    cut: (from, to) => void cuts.add(nameOf(from, to)),
    heal: (from, to) => void cuts.delete(nameOf(from, to)),
    setFate(next) {
      fate = next
    },
  }
}
