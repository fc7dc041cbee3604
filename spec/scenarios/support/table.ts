import { defaultLimits, type Limits } from '../../../actors/limits.ts'
import type { Tap } from '../../../actors/tap.ts'
import { NOP, type Value } from '../../../machines/protocol/commands.ts'
import type { Dependencies } from '../../../machines/protocol/dependencies.ts'
import { type InstanceId, sameId } from '../../../machines/protocol/instance-id.ts'
import type { Message, MessageType } from '../../../machines/protocol/messages.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { Decisions } from '../../sim/checks/decisions.ts'
import { Violation } from '../../sim/violation.ts'
import { endsOf, type Letter, letterOf, letters, nameOf, type Route, rankOf } from './letters.ts'
import { type Life, Seat } from './seat.ts'

/** A message that has left its sender, and is not delivered. */
export interface Envelope<M extends Message = Message> {
  readonly from: number
  readonly to: number
  readonly message: M
}

type Sent<K extends MessageType> = Extract<Message, { type: K }>

/** What was decided, as schedules write it: `'Nop'`, or the name of the command and the dependencies that it has. */
export type Shown = string

/**
 * Replicas around a table, and a schedule that moves everything by hand: nothing is delivered, durable, or later than
 * before unless the schedule says so. Every decision that anybody could have seen is checked: Agreement, visibility.
 */
export class Table {
  readonly n: number
  readonly #seats: readonly Seat[]
  readonly #decisions = new Decisions()
  readonly #story: string[] = []
  readonly #results = new Map<string, number>()
  readonly #records = new Map<string, Map<string, Record>>(letters.map(at => [at, new Map()]))
  /** By replica and id, the rule by which its last attempt moved on. */
  readonly #rules = new Map<string, string>()
  #flying: Envelope[] = []
  #submitted: InstanceId | undefined
  #violation: Error | undefined

  constructor(n: 3 | 5, limits: Partial<Limits> = {}) {
    this.n = n
    const members = Array.from({ length: n }, (_, rank) => rank + 1)
    const all = { ...defaultLimits, ...limits }
    const codec = createCodec(all)
    this.#seats = members.map(
      (member, rank) =>
        new Seat(member, {
          members,
          limits: all,
          codec,
          sent: (to, message) => this.#flying.push({ from: rank, to: to - 1, message }),
          tap: () => this.#tap(rank),
        }),
    )
  }

  // ---- what a schedule does

  /** A client of the replica appends its command to the log of `key`; the command's name is its id. Not yet durable. */
  submit(at: Letter, key = 'k'): InstanceId {
    this.#submitted = undefined
    const name = `${at}${this.#story.length}`
    this.#say(`SUBMIT at ${at}`)
    const { replica } = this.#life(at)
    void replica.propose([key, name]).then(result => this.#results.set(name, result))
    this.#check()
    const id = this.#submitted as InstanceId | undefined
    if (id === undefined) throw this.#mistake(`${at} proposed nothing: is a flush in flight?`)
    return id
  }

  /** Whatever the replicas have written becomes durable, and what waited for that leaves. */
  sync(who: string): void {
    for (const each of who) {
      const { store } = this.#life(each)
      this.#say(`SYNC ${each}`)
      while (store.finishFlush()) this.#check()
    }
  }

  /** Delivers messages that must be there: at least one on every way of the route. */
  deliver(type: MessageType, route: Route, id?: InstanceId): void {
    const { from, to } = endsOf(route, this.n)
    const isAny = route.includes('*')
    for (const sender of from)
      for (const receiver of to) {
        if (sender === receiver) continue
        const count = this.#deliver(type, sender, receiver, id)
        if (count === 0 && !isAny)
          throw this.#mistake(
            `no ${type}${id === undefined ? '' : ` of ${nameOf(id)}`} from ${letterOf(sender)} to ${letterOf(receiver)} is in flight`,
          )
      }
  }

  /** Delivers what is there: a broken rule lets a message leave that otherwise would not. */
  deliverIfSent(type: MessageType, route: Route, id?: InstanceId): void {
    const { from, to } = endsOf(route, this.n)
    for (const sender of from) for (const receiver of to) this.#deliver(type, sender, receiver, id)
  }

  /** Loses messages. */
  drop(type: MessageType, route: Route, id?: InstanceId): void {
    const lost = new Set(this.inFlight(type, route, id))
    this.#flying = this.#flying.filter(each => !lost.has(each))
  }

  /** The messages in flight, in the order in which they left. */
  inFlight<K extends MessageType>(type: K, route: Route, id?: InstanceId): Envelope<Sent<K>>[] {
    const { from, to } = endsOf(route, this.n)
    const found = this.#flying.filter(
      each =>
        each.message.type === type &&
        from.includes(each.from) &&
        to.includes(each.to) &&
        (id === undefined || ('id' in each.message && sameId(each.message.id, id))),
    )
    return found as Envelope<Sent<K>>[]
  }

  /** The network repeats a message, or brings it late: one taken from `inFlight` before. */
  repeat(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) this.#handOver(envelope)
  }

  /** Hands a replica a message that its peer has not sent in this schedule, but could have in a longer one. */
  ask(route: Route, message: Message): void {
    const { from, to } = endsOf(route, this.n)
    this.#handOver({ from: from[0]!, to: to[0]!, message })
  }

  /** The process dies; what it wrote since its last sync is lost, unless its flush was just done. */
  crash(who: string, isWritten = false): void {
    for (const each of who) {
      this.#say(`CRASH ${each}`)
      this.#seat(each).crash(isWritten)
      this.#records.set(each, new Map())
    }
  }

  restart(who: string): void {
    for (const each of who) {
      this.#say(`RESTART ${each}`)
      const onDisk = this.#seat(each).onDisk()
      this.#records.set(each, new Map(onDisk.map(({ id, record }) => [nameOf(id), record])))
      this.#seat(each).start()
      this.#check()
    }
  }

  dieAfterApplying(at: Letter, commands: number): void {
    this.#seat(at).dieAfterApplying(commands)
  }

  /** Time passes at one replica alone. */
  pass(at: Letter, ms: number): void {
    this.#say(`${ms} ms pass at ${at}`)
    this.#life(at).clock.pass(ms)
    this.#check()
  }

  /** Time passes at all of `who`, in step, and they hear each other's heartbeats. */
  live(who: string, ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const each of who) this.pass(each as Letter, 100)
      this.deliverIfSent('heartbeat', `${who}>${who}`)
    }
    this.sync(who)
  }

  /** The bounded wait for the fast path is over at the coordinator (rule 3.3). */
  giveUpFastPath(at: Letter): void {
    this.pass(at, 50)
  }

  /** The replica leads a recovery, if it does not know the commit: somebody has asked it to. Not yet durable. */
  recover(at: Letter, id: InstanceId): void {
    const other = letters.find(each => each !== at && rankOf(each) !== id.rank)!
    const before = this.record(at, id)
    this.ask(`${other}>${at}`, { type: 'tryRecover', id })
    const after = this.record(at, id)
    if (before?.phase !== 'committed' && (after?.bal ?? 0) <= (before?.bal ?? 0))
      throw this.#mistake(`${at} does not begin a recovery of ${nameOf(id)}: an attempt runs there`)
  }

  /** A whole recovery by one replica, with `others` and itself as Q. */
  recoverWith(at: Letter, id: InstanceId, others: string): void {
    this.recover(at, id)
    this.finishRecovery(at, id, others)
  }

  /** A recovery that has begun goes on to its end, with `others` and itself as Q. */
  finishRecovery(at: Letter, id: InstanceId, others: string): void {
    this.sync(at)
    for (const [request, reply] of [
      ['recover', 'recoverOk'],
      ['validate', 'validateOk'],
      ['accept', 'acceptOk'],
    ] as const) {
      this.deliverIfSent(request, `${at}>${others}`, id)
      this.sync(others + at)
      this.deliverIfSent(reply, `${others}>${at}`, id)
      this.sync(at)
    }
  }

  // ---- what a schedule leaves

  /** What was decided for `id`, if anybody could have seen it. */
  decided(id: InstanceId): Shown | undefined {
    const decision = this.#decisions.of(id)
    return decision === undefined ? undefined : shown(decision.cmd, decision.dep)
  }

  /** The replica's own record of `id`: as its statechart has written it, or as it was on disk at the last start. */
  record(at: Letter, id: InstanceId): Record | undefined {
    return this.#records.get(at)?.get(nameOf(id))
  }

  /** The rule of protocol.md by which the replica's last attempt at `id` moved on. */
  rule(at: Letter, id: InstanceId): string | undefined {
    return this.#rules.get(`${at} ${nameOf(id)}`)
  }

  /** The names executed on a key, in order. */
  log(at: Letter, key = 'k'): readonly string[] {
    return this.#life(at).machine.logs.get(key) ?? []
  }

  /** The commands whose clients have their result. */
  async answers(): Promise<readonly string[]> {
    await Promise.resolve()
    return [...this.#results.keys()]
  }

  isUp(at: Letter): boolean {
    return this.#seat(at).life !== undefined
  }

  get story(): string {
    return this.#story.map(line => `  ${line}`).join('\n')
  }

  // ---- within

  #deliver(type: MessageType, from: number, to: number, id?: InstanceId): number {
    const found = this.inFlight(type, `${letterOf(from)}>${letterOf(to)}`, id)
    const taken = new Set<Envelope>(found)
    this.#flying = this.#flying.filter(each => !taken.has(each))
    for (const envelope of found) this.#handOver(envelope)
    return found.length
  }

  #handOver({ from, to, message }: Envelope): void {
    const { life } = this.#seats[to]!
    this.#say(`${letterOf(from)} > ${letterOf(to)} ${told(message)}${life === undefined ? ', which is down' : ''}`)
    life?.events.frame(from + 1, [message])
    this.#check()
  }

  #tap(rank: number): Tap {
    const at = letterOf(rank)
    const committed = new Map<string, { cmd: Value; dep: Dependencies }>()
    const decided = (id: InstanceId, cmd: Value, dep: Dependencies, by: string) => {
      try {
        if (this.#decisions.of(id) === undefined) this.#say(`DECIDED ${nameOf(id)} ${shown(cmd, dep)}, ${by}`)
        this.#decisions.decided(id, cmd, dep, by)
      } catch (violation) {
        this.#violation ??= violation as Error
      }
    }
    return {
      written: (id, record) => {
        this.#records.get(at)?.set(nameOf(id), record)
        if (id.rank === rank && record.phase === 'preAccepted' && record.bal === 0) this.#submitted = id
      },
      sent: (_, message) => {
        const isCommitted = message.type === 'commit' || (message.type === 'recoverOk' && message.phase === 'committed')
        if (isCommitted && message.cmd !== undefined) decided(message.id, message.cmd, message.dep, `told by ${at}`)
      },
      committed: (id, cmd, dep) => {
        committed.set(nameOf(id), { cmd, dep })
      },
      executed: component => {
        for (const id of component) {
          const decision = committed.get(nameOf(id))
          if (decision !== undefined) decided(id, decision.cmd, decision.dep, `executed by ${at}`)
        }
      },
      stepped: (id, _event, _before, after) => {
        const { rule } = after.context
        if (rule !== undefined) this.#rules.set(`${at} ${nameOf(id)}`, rule)
      },
      stateChanged: state => {
        if (state === 'failed') this.#violation ??= new Violation('invariant', `replica ${at} has failed`)
      },
    }
  }

  /** @throws Violation with the story so far */
  #check(): void {
    if (this.#violation === undefined) return
    this.#violation.message += `\n${this.story}`
    throw this.#violation
  }

  #mistake(what: string): Error {
    return new Error(`the schedule cannot go on: ${what}\n${this.story}`)
  }

  #seat(letter: string): Seat {
    return this.#seats[rankOf(letter)]!
  }

  #life(letter: string): Life {
    const { life } = this.#seat(letter)
    if (life === undefined) throw this.#mistake(`${letter} is down`)
    return life
  }

  #say(line: string): void {
    this.#story.push(line)
  }
}

const members = (dep: Dependencies): string =>
  `{${dep.flatMap((index, rank) => (index === 0 ? [] : [`${letterOf(rank)}.${index}`])).join(', ')}}`

const shown = (cmd: Value, dep: Dependencies): Shown => (cmd === NOP ? 'Nop' : `command ${members(dep)}`)

function told(message: Message): string {
  if (!('id' in message)) return message.type
  const bal = 'bal' in message ? ` at ballot ${message.bal}` : ''
  const nop = 'cmd' in message && message.cmd === NOP ? ' Nop' : ''
  const dep = 'dep' in message ? ` ${members(message.dep)}` : ''
  const phase = 'phase' in message ? `, ${message.phase} at ${message.abal}` : ''
  return `${message.type} ${nameOf(message.id)}${bal}${nop}${dep}${phase}`
}
