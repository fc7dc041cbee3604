import type { ClientAnswer, ClientRequest, RefusalCode } from '../../../machines/protocol/client-messages.ts'
import { apart, executeOne, firstResult } from '../../support/session-messages.ts'
import { Violation } from '../violation.ts'
import type { Operation } from '../workload/workload.ts'
import { Client } from './client.ts'
import type { Cluster } from './cluster.ts'
import type { Draw } from './random.ts'
import type { Setting } from './setting.ts'
import type { Site } from './site.ts'
import type { WorldLoad } from './world-load.ts'

/**
 * `expired`: its session ended while it was sent again; what became of it cannot be told. `refused`: it was not, and will
 * not be, executed.
 */
type Outcome = 'ok' | 'unknown' | 'expired' | 'refused'

/** One operation of a client, sent again and again until it is answered or given up. */
interface Running {
  readonly client: Client
  readonly name: string
  readonly command: unknown
  readonly startMs: number
  /** Where it must be answered; undefined for anywhere. */
  readonly only: Site | undefined
  /** It is sent once: whoever sends it again has it executed again. */
  readonly isSessionless: boolean
  sent: number
  done: ((outcome: Outcome) => void) | undefined
}

/** How much longer programs pause when there are enough commands. */
const idleFactor = 20

/** A client that has waited so long gives up: the outcome is unknown to it. */
const timeoutMs = 8_000
/** It goes to another replica after so long, and for so long it waits when one takes nothing. */
const attemptMs = 1_500
const pauseMs = 30

/** Clients: each one operation at a time, some of them in bursts, each in a session, sent again elsewhere when it takes long. */
export class Load implements WorldLoad {
  readonly history: Operation[] = []
  readonly #setting: Setting
  readonly #cluster: Cluster
  readonly #draw: Draw
  readonly #sessionless: Draw
  readonly #running = new Set<Running>()
  #count = 0
  /** Requests that leave together, by the replica that they go to. */
  readonly #leaving = new Map<Site, { request: Unnumbered; answered: (answer: ClientAnswer | undefined) => void }[]>()
  /** Who may be asked. */
  #sites: readonly Site[]
  #isHealed = false

  constructor(setting: Setting, cluster: Cluster) {
    this.#setting = setting
    this.#cluster = cluster
    this.#draw = setting.draw.fork('load')
    this.#sessionless = setting.draw.fork('sessionless')
    this.#sites = cluster.sites
  }

  /** Operations that are neither answered nor given up. */
  get open(): number {
    return this.#running.size
  }

  begin(): void {
    for (let at = 0; at < this.#setting.plan.clients; at++) this.#beginProgram(`c${at}`)
  }

  /** No client sends anything new; what is under way goes to these replicas, and must be answered. */
  heal(sites: readonly Site[]): void {
    this.#isHealed = true
    this.#sites = sites
    for (const running of this.#running) {
      if (running.isSessionless && running.sent > 0) this.#finish(running, 'expired')
      else this.#attempt(running)
    }
  }

  /** Sends commands one after the other to one replica; each must be answered there. */
  demand(site: Site, commands: number): void {
    const client = new Client(`late${site.member}`, this.#setting.draw.fork(`late ${site.member}`))
    const send = (left: number) => {
      if (left > 0) this.#operate(client, site, site, () => send(left - 1))
    }
    send(commands)
  }

  /** A program that sends bursts: as many clients as a burst has commands. */
  #beginProgram(name: string): void {
    const { plan, draw, events, counts } = this.#setting
    const clients = Array.from(
      { length: plan.burst },
      (_, at) => new Client(`${name}${'abcdefghijklmnop'[at]}`, draw.fork(`client ${name} ${at}`)),
    )
    const pace = draw.fork(`pace ${name}`)
    let site = pace.pick(this.#cluster.sites)
    // Once there are enough commands the world only waits for its crashes.
    const thinkMs = () => pace.exponential(plan.thinkMs) * (counts.commands < plan.commands ? 1 : idleFactor)
    const next = () => {
      if (this.#isHealed) return
      let open = clients.length
      let worst: Outcome = 'ok'
      for (const client of clients)
        this.#operate(client, site, undefined, outcome => {
          if (outcome !== 'ok' && outcome !== 'refused') worst = outcome
          if (--open > 0) return
          if (worst !== 'ok' || pace.chance(0.05)) site = pace.pick(this.#cluster.sites)
          events.after(thinkMs(), next)
        })
    }
    events.after(pace.exponential(plan.thinkMs), next)
  }

  #operate(client: Client, first: Site, only: Site | undefined, done: (outcome: Outcome) => void): void {
    const { events, workload, plan } = this.#setting
    const name = `${client.name}.${++this.#count}`
    const running: Running = {
      client,
      name,
      command: workload.nextCommand(client.draw, plan, name),
      startMs: events.nowMs,
      only,
      isSessionless: this.#sessionless.chance(plan.sessionless),
      sent: 0,
      done,
    }
    client.begin()
    this.#running.add(running)
    this.#attempt(running, first)
    const isTwice = only === undefined && this.#draw.chance(plan.duplicates)
    if (isTwice && !running.isSessionless) this.#attempt(running)
    events.after(timeoutMs, () => {
      if (!this.#isHealed) this.#finish(running, 'unknown')
    })
  }

  #attempt(running: Running, at: Site = running.only ?? this.#draw.pick(this.#sites)): void {
    const { events, codec } = this.#setting
    const { client, name, command } = running
    if (running.done === undefined) return
    let isFollowed = false
    /** One attempt is followed by one: a replica that refuses for long would be asked twice as often each time. */
    const later = (delayMs: number) =>
      events.after(delayMs, () => {
        if (isFollowed) return
        isFollowed = true
        this.#attempt(running)
      })
    if (at.life?.replica.state !== 'voting') {
      later(pauseMs)
      return
    }
    if (running.isSessionless) {
      this.#attemptOnce(running, at, later)
      return
    }
    const { session } = client
    if (session === undefined) {
      this.#send(at, { type: 'openSession' }, answer => {
        if (answer?.type === 'sessionOpened') client.session ??= answer.session
        later(client.session === undefined ? pauseMs : 0)
      })
      return
    }
    running.sent++
    const payload = codec.encodeData([name, command])
    const { sequence } = client
    const { request: _, ...message } = executeOne({ request: 0, session, sequence, floor: sequence - 1, payload })
    this.#send(at, message, answer => {
      const found = answer && firstResult(answer, codec)
      if (found !== undefined) this.#finish(running, 'ok', found.result)
      else if (answer?.type === 'refused' && answer.code === 'sessionExpired') this.#expired(running, session)
      else if (this.#isFinal(answer, 'applyFailed')) this.#finish(running, 'ok')
      else if (this.#isFinal(answer, 'malformed')) this.#finish(running, 'refused')
      else later(pauseMs)
    })
    later(attemptMs)
  }

  /** Refused it was not proposed, and may be sent again; without an answer nobody knows. */
  #attemptOnce(running: Running, at: Site, later: (delayMs: number) => void): void {
    const { codec } = this.#setting
    // Healing tries at once what would have been tried a little later.
    if (running.sent > 0) return
    running.sent++
    const payload = codec.encodeData([running.name, running.command])
    this.#send(at, { type: 'propose', payload }, answer => {
      if (answer?.type === 'result') this.#finish(running, 'ok', codec.decodeData(answer.payload))
      else if (this.#isFinal(answer, 'applyFailed')) this.#finish(running, 'ok')
      else if (this.#isFinal(answer, 'malformed')) this.#finish(running, 'refused')
      else if (answer?.type === 'refused') {
        running.sent--
        later(pauseMs)
      } else this.#finish(running, this.#isHealed ? 'expired' : 'unknown')
    })
  }

  /** Whether the command failed, which is an answer only where the state machine may fail. */
  #isFinal(answer: ClientAnswer | undefined, code: RefusalCode): boolean {
    return this.#setting.workload.mayFail === true && answer?.type === 'refused' && answer.code === code
  }

  /** Sent once, and not applied then: it may go into another session. Else nobody knows. */
  #expired(running: Running, session: string): void {
    const { client } = running
    if (client.session === session) client.session = undefined
    if (running.sent > 1) this.#finish(running, 'expired')
    else {
      client.begin()
      this.#attempt(running)
    }
  }

  #finish(running: Running, outcome: Outcome, result?: unknown): void {
    const { counts, events } = this.#setting
    const { done, client, name, command, startMs } = running
    if (done === undefined) return
    running.done = undefined
    this.#running.delete(running)
    counts.commands++
    if (outcome === 'ok' || outcome === 'refused') counts.answered++
    else counts.unknown++
    const endMs = outcome === 'ok' ? events.nowMs : undefined
    if (outcome !== 'refused') this.history.push({ name, client: client.alias, command, startMs, endMs, result })
    if (outcome !== 'ok' && outcome !== 'refused') {
      client.lives++
      if (this.#isHealed && outcome !== 'expired')
        this.#setting.check(() => {
          throw new Violation('liveness', `${name} at healed replicas is ${outcome}`, [name])
        })
    }
    done(outcome)
  }

  /** Sends with whatever else leaves now for the same replica, in one frame. */
  #send(to: Site, request: Unnumbered, answered: (answer: ClientAnswer | undefined) => void): void {
    const leaving = this.#leaving.get(to)
    if (leaving !== undefined) {
      leaving.push({ request, answered })
      return
    }
    this.#leaving.set(to, [{ request, answered }])
    this.#setting.events.after(0, () => {
      const all = this.#leaving.get(to)!
      this.#leaving.delete(to)
      this.#connect(to, all)
    })
  }

  /** One connection, for one frame of requests; it ends when all are answered, or with the replica's life. */
  #connect(
    { life }: Site,
    all: readonly { request: Unnumbered; answered: (answer: ClientAnswer | undefined) => void }[],
  ): void {
    const { events } = this.#setting
    const open = new Map(all.map(({ answered }, at) => [at, answered]))
    const settle = (request: number, answer: ClientAnswer | undefined) => {
      const answered = open.get(request)
      open.delete(request)
      answered?.(answer)
    }
    const connection = {
      ended: () => {
        for (const request of [...open.keys()]) settle(request, undefined)
      },
    }
    if (life === undefined) {
      connection.ended()
      return
    }
    const { process, replica, clients } = life
    clients.add(connection)
    const handler = replica.connected({
      send: answers => {
        if (answers[0]?.type === 'welcome') return
        events.after(this.#draw.between(0.1, 1), () => {
          for (const answer of answers.flatMap(apart)) {
            if (answer.type === 'results') settle(answer.requests[0]!, answer)
            else if ('request' in answer) settle(answer.request, answer)
          }
          if (open.size > 0) return
          clients.delete(connection)
          process.after(0, () => handler.closed('all is answered'))
        })
      },
      close: () => events.after(0, connection.ended),
    })
    const requests = all.map(({ request }, at) => ({ ...request, request: at }) as ClientRequest)
    process.after(this.#draw.between(0.1, 1), () => handler.requests(requests))
  }
}

type Unnumbered = ClientRequest extends infer R ? (R extends ClientRequest ? Omit<R, 'request'> : never) : never
