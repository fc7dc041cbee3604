import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message, MessageType } from '../../../machines/protocol/messages.ts'
import type { MemoryDisk } from '../../../storage/simulated/disk.ts'
import { Clients } from './clients.ts'
import type { Envelope } from './flight.ts'
import { endsOf, type Letter, letterOf, letters, nameOf, type Route, rankOf } from './letters.ts'
import { told } from './story.ts'

export type { AwaitedRead, Connection } from './clients.ts'
export type { TableWatcher } from './seats.ts'

/**
 * Replicas around a table, and a schedule that moves everything by hand: nothing is delivered, durable, or later than
 * before unless the schedule says so. Every decision that anybody could have seen is checked: Agreement, visibility.
 */
export class Table extends Clients {
  /** What is seen here, in words, for whoever reads along. */
  caption(text: string, ...about: readonly InstanceId[]): void {
    this.nowMs++
    this.watcher?.caption(text, about, this.nowMs)
  }

  /** The replica looks whether there is anything to let go. @returns the truncation that it proposes, if it does */
  truncate(at: Letter): InstanceId | undefined {
    this.say(`${at} looks what may go`)
    const id = this.witness.proposedBy(() => this.life(at).clock.pass(100))
    this.witness.check()
    return id
  }

  /** The replica tells all others how far it is, as it does whenever a link comes up. */
  tell(who: string): void {
    for (const each of who) {
      const { events } = this.life(each)
      const other = this.n - rankOf(each)
      this.say(`${each} tells how far it is`)
      events.linkUp(other)
      this.witness.check()
    }
  }

  /** Whatever the replicas have written becomes durable, and what waited for that leaves. */
  sync(who: string): void {
    for (const each of who) {
      const { store } = this.life(each)
      this.say(`SYNC ${each}`)
      while (store.finishFlush()) this.witness.check()
    }
  }

  /** The flush that is under way ends; what waited for it happens, and another may begin. */
  syncOnce(at: Letter): void {
    this.say(`SYNC ${at}, once`)
    this.life(at).store.finishFlush()
    this.witness.check()
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
          throw this.mistake(
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
    for (const { from, to, message } of this.flight.take(type, route, id))
      this.watcher?.lost(from + 1, to + 1, [message], 'loss', this.nowMs)
  }

  /** The messages in flight, in the order in which they left. */
  inFlight<K extends MessageType>(type: K, route: Route, id?: InstanceId): Envelope<Extract<Message, { type: K }>>[] {
    return this.flight.find(type, route, id)
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
      this.say(`CRASH ${each}`)
      this.watcher?.fault({ what: 'crash', members: [rankOf(each) + 1] }, this.nowMs)
      this.seat(each).crash(isWritten)
      this.witness.remembers(each, [])
    }
  }

  restart(who: string): void {
    for (const each of who) {
      this.say(`RESTART ${each}`)
      this.watcher?.fault({ what: 'boot', members: [rankOf(each) + 1] }, this.nowMs)
      this.witness.restarts(each, this.seat(each).onDisk())
      this.seat(each).start()
      this.witness.check()
    }
  }

  /** A copy of the replica's disk as it is now. */
  copyOfDisk(at: Letter): MemoryDisk {
    return this.seat(at).copyOfDisk()
  }

  /** The process dies, and begins again on another disk: an old copy of its own, or a new one. */
  restartOn(at: Letter, disk: MemoryDisk): void {
    if (this.isUp(at)) this.crash(at)
    this.say(`${at} is given another DISK`)
    this.seat(at).changeDisk(disk)
    this.restart(at)
  }

  /**
   * The first dials the second, each decides about the other, and if both let the other in, the first may speak.
   * @returns `let in`, or the code of the error with which one of them refuses the other
   */
  greet(route: Route): string {
    const { from, to } = endsOf(route, this.n)
    const [dialler, acceptor] = [letterOf(from[0]!), letterOf(to[0]!)]
    this.say(`${dialler} greets ${acceptor}`)
    const answer = this.#decide(dialler, acceptor, false) ?? this.#decide(acceptor, dialler, true)
    if (answer === undefined) this.life(dialler).events.linkUp(to[0]! + 1)
    this.witness.check()
    return answer ?? 'let in'
  }

  /** @returns the code with which `at` refuses the other; undefined when it lets it in */
  #decide(other: Letter, at: Letter, hasLetUsIn: boolean): string | undefined {
    let decision: { readonly code: string | undefined } | undefined
    const { events } = this.life(at)
    events.greeted({ ...this.life(other).greeting, peer: rankOf(other) + 1, hasLetUsIn }, refusal => {
      decision = {
        code: refusal === null ? undefined : refusal instanceof EpaxosError ? refusal.code : refusal.message,
      }
    })
    this.sync(at)
    if (decision === undefined) throw this.mistake(`${at} does not decide about ${other}`)
    return decision.code
  }

  dieAfterApplying(at: Letter, commands: number): void {
    this.seat(at).dieAfterApplying(commands)
  }

  /** Time passes at one replica alone. */
  pass(at: Letter, ms: number): void {
    this.say(`${ms} ms pass at ${at}`)
    this.nowMs += ms
    this.life(at).clock.pass(ms)
    this.witness.check()
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
      throw this.mistake(`${at} does not begin a recovery of ${nameOf(id)}: an attempt runs there`)
  }

  /** Time passes at one replica alone, until it proposes something by itself. @returns the instance, not yet durable */
  passUntilProposed(at: Letter, ms: number): InstanceId {
    const id = this.witness.proposedBy(() => this.pass(at, ms))
    if (id === undefined) throw this.mistake(`${at} proposed nothing within ${ms} ms`)
    return id
  }

  /** What the replica has in memory becomes another state, as by a mistake of its state machine or a bad memory. */
  drift(at: Letter): void {
    this.say(`the state of ${at} DRIFTS`)
    this.witness.mayStop(at)
    this.life(at).machine.restore(this.codec.encodeData([['k', ['drifted']]]))
  }

  #deliver(type: MessageType, from: number, to: number, id?: InstanceId): number {
    const taken = this.flight.take(type, `${letterOf(from)}>${letterOf(to)}`, id)
    for (const envelope of taken) this.#handOver(envelope)
    return taken.length
  }

  #handOver({ from, to, message }: Envelope): void {
    const { life } = this.seats[to]!
    this.say(`${letterOf(from)} > ${letterOf(to)} ${told(message)}${life === undefined ? ', which is down' : ''}`)
    if (life === undefined) this.watcher?.lost(from + 1, to + 1, [message], 'down', this.nowMs)
    life?.events.frame(from + 1, [message])
    this.witness.check()
  }
}
