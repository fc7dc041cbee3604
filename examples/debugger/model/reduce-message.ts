import type { MessageType } from '../../../machines/protocol/messages.ts'
import type { Lost, Received, Sent } from '../trace/format.ts'
import { modelLimits } from './limits.ts'
import { ownLink, ownReplica, ownSide, rankOf } from './own.ts'
import type { Link, State } from './state.ts'

/** Which request a reply answers, for round trips. */
const asked: { readonly [reply: string]: MessageType } = {
  preAcceptOk: 'preAccept',
  acceptOk: 'accept',
  recoverOk: 'recover',
  validateOk: 'validate',
} satisfies { readonly [Reply in MessageType]?: MessageType }
const requests: ReadonlySet<string> = new Set(Object.values(asked))

/** A message leaves, arrives, or will not arrive. What a replica says to itself crosses no link. */
export function reduceMessage(state: State, event: Sent | Received | Lost): void {
  if (event.kind === 'sent') sent(state, event)
  else if (event.kind === 'received') received(state, event)
  else lost(state, event)
}

function sent(state: State, event: Sent): void {
  const { message, at, to, ms, no } = event
  const [from, target] = [rankOf(state, at), rankOf(state, to)]
  if (from === target) return
  state.totals.messages++
  const link = ownLink(state, from, target)
  link.sent++
  countSecond(link, ms)
  const { id, type, known, executed } = message
  if (known !== undefined && executed !== undefined) progressed(state, from, known, executed)
  if (id !== undefined && requests.has(type)) ownSide(state, id, from).asked = { type, ms }
  if (no === undefined) return
  link.inFlight++
  if (state.flying.size >= modelLimits.flyingMax) {
    const [oldest] = state.flying.keys()
    land(state, oldest)
  }
  state.flying.set(no, { from: at, to, type, id, sentMs: ms, cursor: state.cursor })
}

/** A heartbeat says how far its sender is: what was left out above a rate, or lost, is made up for. */
function progressed(state: State, rank: number, known: readonly number[], executed: readonly number[]): void {
  const replica = ownReplica(state, rank)
  replica.known = replica.known.map((index, row) => Math.max(index, known[row] ?? 0))
  replica.executed = replica.executed.map((index, row) => Math.max(index, executed[row] ?? 0))
}

function received(state: State, event: Received): void {
  const { message, at, from, ms, no } = event
  const [self, sender] = [rankOf(state, at), rankOf(state, from)]
  if (self === sender) return
  ownLink(state, sender, self).received++
  land(state, no)
  const request = asked[message.type]
  if (message.id === undefined || request === undefined) return
  const side = state.instances.get(message.id)?.sides[self]
  if (side?.asked?.type !== request) return
  const link = ownLink(state, self, sender)
  const all = link.roundTripsMs
  link.roundTripsMs = [...(all.length < modelLimits.roundTripsMax ? all : all.slice(1)), ms - side.asked.ms]
}

function lost(state: State, { at, to, no }: Lost): void {
  state.totals.lost++
  ownLink(state, rankOf(state, at), rankOf(state, to)).lost++
  land(state, no)
}

/** It is under way no longer. */
export function land(state: State, no: number | undefined): void {
  const flying = no === undefined ? undefined : state.flying.get(no)
  if (flying === undefined) return
  state.flying.delete(no!)
  ownLink(state, rankOf(state, flying.from), rankOf(state, flying.to)).inFlight--
}

function countSecond(link: Link, ms: number): void {
  const second = Math.floor(ms / 1_000)
  if (second !== link.second) {
    link.perSecond = second === link.second + 1 ? link.inSecond : 0
    link.second = second
    link.inSecond = 0
  }
  link.inSecond++
}
