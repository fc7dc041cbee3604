import { type Actor, createActor } from 'xstate'
import type { ClientAnswer, ClientRequest, RefusalCode } from '../machines/protocol/client-messages.ts'
import type { Footprint } from '../machines/protocol/commands.ts'
import { protocolVersion } from '../machines/protocol/version.ts'
import { sessionMachine } from '../machines/session/machine.ts'
import type { ClientPeer, ClientPeerEvents } from '../net/clients.ts'
import type { Codec } from '../net/codec.ts'
import type { Limits } from './limits.ts'
import type { Proposal } from './proposals.ts'

/** Why a command may not be proposed; undefined when it may. */
export interface Refusal {
  readonly code: RefusalCode
  readonly reason: string
}

export interface SessionsPorts {
  readonly codec: Codec
  readonly limits: Limits
  readonly cluster: () => string
  readonly member: number
  readonly members: readonly number[]
  /** The footprint of an encoded command, or why it cannot be proposed. */
  inspect(payload: Uint8Array): Footprint | Refusal
  /** Takes a command in, or says why not. */
  propose(proposal: Proposal): Refusal | undefined
  status(): Uint8Array
  /** Runs as one turn. */
  turn(run: () => void): void
}

interface Session {
  readonly client: ClientPeer
  readonly actor: Actor<typeof sessionMachine>
  /** Answers of this turn: they leave as one frame. */
  answers: ClientAnswer[]
}

/** The clients of one replica. */
export class Sessions {
  readonly #ports: SessionsPorts
  readonly #sessions = new Set<Session>()
  /** Sessions with answers that leave at the end of the turn. */
  readonly #answering = new Set<Session>()

  constructor(ports: SessionsPorts) {
    this.#ports = ports
  }

  get size(): number {
    return this.#sessions.size
  }

  /** A client has connected. */
  connected(client: ClientPeer): ClientPeerEvents {
    const { limits, member, members, cluster, turn } = this.#ports
    const actor = createActor(sessionMachine, { input: { inFlightMax: limits.sessionInFlightMax } })
    actor.start()
    const session: Session = { client, actor, answers: [] }
    this.#sessions.add(session)
    client.send([
      {
        type: 'welcome',
        protocolMajor: protocolVersion.major,
        protocolMinor: protocolVersion.minor,
        cluster: cluster(),
        member,
        members,
        build: undefined,
      },
    ])
    return {
      requests: requests =>
        turn(() => {
          for (const request of requests) this.#take(session, request)
        }),
      closed: () => {
        actor.send({ type: 'closed' })
        this.#sessions.delete(session)
        this.#answering.delete(session)
      },
    }
  }

  /** One frame for each client that was answered in this turn. */
  endTurn(): void {
    for (const session of this.#answering) {
      const { answers } = session
      session.answers = []
      session.client.send(answers)
    }
    this.#answering.clear()
  }

  drain(): void {
    for (const session of this.#sessions) session.actor.send({ type: 'drain' })
  }

  close(reason: string): void {
    for (const session of [...this.#sessions]) session.client.close(reason)
  }

  #take(session: Session, request: ClientRequest): void {
    if (request.type === 'status') {
      this.#answer(session, { type: 'statusReport', request: request.request, json: this.#ports.status() })
      return
    }
    const refusal = this.#propose(session, request.request, request.payload)
    if (refusal !== undefined) this.#answer(session, { type: 'refused', request: request.request, ...refusal })
  }

  #propose(session: Session, request: number, payload: Uint8Array): Refusal | undefined {
    const { inspect, propose, codec } = this.#ports
    const state = session.actor.getSnapshot()
    if (!state.hasTag('takes'))
      return state.value === 'saturated'
        ? { code: 'overloaded', reason: `more than ${state.context.inFlightMax} requests in flight on one connection` }
        : { code: 'draining', reason: 'this replica is being stopped' }
    const footprint = inspect(payload)
    if ('code' in footprint) return footprint
    const refusal = propose({
      payload,
      footprint,
      executed: result => {
        session.actor.send({ type: 'answered' })
        this.#answer(session, { type: 'result', request, payload: codec.encodeData(result) })
      },
      // The connection ends without an answer: the client knows that it does not know.
      abandoned: () => session.actor.send({ type: 'answered' }),
    })
    if (refusal === undefined) session.actor.send({ type: 'taken', count: 1 })
    return refusal
  }

  #answer(session: Session, answer: ClientAnswer): void {
    if (!this.#sessions.has(session)) return
    session.answers.push(answer)
    this.#answering.add(session)
  }
}
