import { type Actor, createActor } from 'xstate'
import type { Standing } from '../machines/execution/client-table.ts'
import type { ClientAnswer, ClientMessageOf, ClientRequest, RefusalCode } from '../machines/protocol/client-messages.ts'
import type { Footprint } from '../machines/protocol/commands.ts'
import { type Envelope, envelopes, footprintOf, noFootprint } from '../machines/protocol/envelope.ts'
import { protocolVersion } from '../machines/protocol/version.ts'
import { sessionMachine } from '../machines/session/machine.ts'
import type { ClientPeer, ClientPeerEvents } from '../net/clients.ts'
import type { Random } from '../net/clock.ts'
import type { Codec } from '../net/codec.ts'
import type { Backups } from './backups.ts'
import { encodeEnvelope } from './encode-envelope.ts'
import type { Inspected } from './inspect-payload.ts'
import type { Limits } from './limits.ts'
import type { Proposal } from './proposals.ts'

/** Why a command may not be proposed, or a query not be answered. */
export interface Refusal {
  readonly code: Exclude<RefusalCode, 'sessionExpired' | 'outdated' | 'tooManyUnacknowledged'>
  readonly reason: string
}

export interface SessionsPorts {
  readonly codec: Codec
  readonly limits: Limits
  readonly cluster: () => string
  readonly member: number
  readonly members: readonly number[]
  readonly random: Random
  /** An encoded command as it is to be proposed, or why it cannot be. */
  inspect(payload: Uint8Array): Inspected | Refusal
  /** What is known here of a command of a session. */
  look(session: string, sequence: number, floor: number): Standing
  /** The result of a command that only reads, from the state here and now, or why there is none. */
  query(payload: Uint8Array): { readonly result: unknown } | Refusal
  /** Takes a command in, or says why not. */
  propose(proposal: Proposal): Refusal | undefined
  readonly backups: Backups
  status(): Uint8Array
  /** Runs as one turn. */
  turn(run: () => void): void
}

interface Session {
  readonly client: ClientPeer
  readonly actor: Actor<typeof sessionMachine>
  /** Answers of this turn: they leave as one frame. */
  answers: ClientAnswer[]
  /** Commands of this turn that its statechart has not been told of: one event tells of all, whatever a batch holds. */
  taken: number
  settled: number
}

/** The clients of one replica. */
export class Sessions {
  readonly #ports: SessionsPorts
  readonly #sessions = new Set<Session>()
  /** Sessions with something of this turn to be told at its end. */
  readonly #touched = new Set<Session>()

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
    const session: Session = { client, actor, answers: [], taken: 0, settled: 0 }
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
        this.#touched.delete(session)
      },
    }
  }

  /** One frame for each client that was answered in this turn, and what its statechart has to know. */
  endTurn(): void {
    for (const session of this.#touched) {
      const { actor, client, answers, taken, settled } = session
      session.answers = []
      session.taken = 0
      session.settled = 0
      if (taken > 0) actor.send({ type: 'taken', count: taken })
      if (settled > 0) actor.send({ type: 'answered', count: settled })
      if (answers.length > 0) client.send(answers)
    }
    this.#touched.clear()
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
    const refusal = this.#serve(session, request)
    if (refusal !== undefined) this.#answer(session, { type: 'refused', request: request.request, ...refusal })
  }

  #serve(session: Session, request: Exclude<ClientRequest, { type: 'status' }>): Refusal | undefined {
    switch (request.type) {
      case 'openSession':
        return this.#open(session, request)
      case 'execute':
        return this.#executeOnce(session, request)
      case 'propose':
        return this.#execute(session, request, envelopes.command)
      case 'query':
        return this.#query(session, request)
      case 'backup':
        return this.#backup(session, request)
    }
  }

  /** Answered at once, from the state that is here. */
  #query(session: Session, { request, payload }: ClientMessageOf<'query'>): Refusal | undefined {
    const answer = this.#ports.query(payload)
    if ('code' in answer) return answer
    this.#answer(session, this.#resultOf(request, answer.result))
    return undefined
  }

  /** The point at which a backup is taken is a command, so it holds all that was acknowledged before it was asked for. */
  #backup(session: Session, { request, digest, offset }: ClientMessageOf<'backup'>): Refusal | undefined {
    const { backups } = this.#ports
    if (digest === '') {
      if (backups.isFull) return { code: 'overloaded', reason: 'as many backups as may be are being fetched from here' }
      const settled = backups.announce()
      const answerOf = (): ClientAnswer => ({ type: 'backupPart', request, ...backups.take() })
      const refusal = this.#propose(session, request, envelopes.point(), noFootprint, answerOf, { settled })
      if (refusal !== undefined) settled()
      return refusal
    }
    const part = backups.part(digest, offset)
    if (part === undefined) return { code: 'notReady', reason: `backup ${digest} is not kept here any more` }
    this.#answer(session, { type: 'backupPart', request, ...part })
    return undefined
  }

  /** A session begins as a command; its name is never used twice. */
  #open(session: Session, { request }: ClientMessageOf<'openSession'>): Refusal | undefined {
    const { member, random } = this.#ports
    const word = () => Math.floor(random() * 2 ** 32).toString(36)
    const name = `${member}.${word()}${word()}${word()}`
    return this.#propose(session, request, envelopes.open(name), noFootprint, () => ({
      type: 'sessionOpened',
      request,
      session: name,
    }))
  }

  /** A command of a session; one that was applied here already has its answer at once. */
  #executeOnce(session: Session, message: ClientMessageOf<'execute'>): Refusal | undefined {
    const { session: name, sequence, floor } = message
    const known = this.#ports.look(name, sequence, floor)
    if (known.standing !== 'answered')
      return this.#execute(session, message, command => envelopes.ofSession(command, name, sequence, floor))
    this.#answer(session, this.#resultOf(message.request, known.result))
    return undefined
  }

  #execute(
    session: Session,
    { request, payload }: ClientMessageOf<'propose'> | ClientMessageOf<'execute'>,
    envelopeOf: (command: unknown) => Envelope,
  ): Refusal | undefined {
    const found = this.#ports.inspect(payload)
    if ('code' in found) return found
    const envelope = envelopeOf(found.command)
    return this.#propose(session, request, envelope, found.footprint, result => this.#resultOf(request, result), {
      command: found.payload,
    })
  }

  #resultOf(request: number, result: unknown): ClientAnswer {
    return { type: 'result', request, payload: this.#ports.codec.encodeData(result) }
  }

  #propose(
    session: Session,
    request: number,
    envelope: Envelope,
    own: Footprint,
    answerOf: (result: unknown) => ClientAnswer,
    { command, settled }: { readonly command?: Uint8Array; settled?(): void } = {},
  ): Refusal | undefined {
    const { propose, codec } = this.#ports
    const state = session.actor.getSnapshot()
    const { inFlight, inFlightMax } = state.context
    if (inFlight + session.taken >= inFlightMax)
      return { code: 'overloaded', reason: `more than ${inFlightMax} requests in flight on one connection` }
    if (!state.hasTag('takes')) return { code: 'draining', reason: 'this replica is being stopped' }
    const refusal = propose({
      payload: encodeEnvelope(codec, envelope, command),
      envelope,
      footprint: footprintOf(envelope, own),
      executed: outcome => {
        settled?.()
        this.#count(session, 'settled')
        this.#answer(
          session,
          'refused' in outcome
            ? { type: 'refused', request, code: outcome.refused, reason: outcome.reason }
            : answerOf(outcome.result),
        )
      },
      dropped: reason => {
        settled?.()
        this.#count(session, 'settled')
        this.#answer(session, { type: 'refused', request, code: 'notReady', reason })
      },
      // The connection ends without an answer: the client knows that it does not know.
      abandoned: () => {
        settled?.()
        this.#count(session, 'settled')
        session.client.close('the outcome of a command is not known here')
      },
    })
    if (refusal === undefined) this.#count(session, 'taken')
    return refusal
  }

  #count(session: Session, what: 'taken' | 'settled'): void {
    if (!this.#sessions.has(session)) return
    session[what]++
    this.#touched.add(session)
  }

  #answer(session: Session, answer: ClientAnswer): void {
    if (!this.#sessions.has(session)) return
    session.answers.push(answer)
    this.#touched.add(session)
  }
}
