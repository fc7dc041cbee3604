import type { ReplicaStatus } from '../../../actors/replica/status.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { ClientAnswer, ClientRequest } from '../../../machines/protocol/client-messages.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message, MessageType } from '../../../machines/protocol/messages.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import type { ClientPeerEvents } from '../../../net/clients.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Greeting } from '../../../net/transport.ts'
import type { MemoryDisk } from '../../../storage/simulated/disk.ts'
import type { WorldWatcher } from '../../sim/world/watcher.ts'
import { type Envelope, Flight } from './flight.ts'
import { endsOf, type Letter, letterOf, letters, nameOf, type Route, rankOf } from './letters.ts'
import type { LogCommand } from './log-machine.ts'
import { type Life, Seat } from './seat.ts'
import { type Shown, Story, told } from './story.ts'
import { Witness } from './witness.ts'

/** Looks at a table as at a world, and hears what the schedule says of itself. */
export interface TableWatcher extends WorldWatcher {
  caption(text: string, about: readonly InstanceId[], nowMs: number): void
}

/** A client at one of the replicas, and what it was answered. */
export interface Connection {
  readonly at: Letter
  readonly answers: ClientAnswer[]
  readonly requests: ClientPeerEvents['requests']
}

/** A read by quorum that a client of a replica waits for. */
export interface AwaitedRead {
  /** Its answer, once there is one and the promise of it was heard. */
  value: unknown
}

/**
 * Replicas around a table, and a schedule that moves everything by hand: nothing is delivered, durable, or later than
 * before unless the schedule says so. Every decision that anybody could have seen is checked: Agreement, visibility.
 */
export class Table {
  readonly n: number
  readonly #seats: readonly Seat[]
  readonly #story = new Story()
  readonly #witness = new Witness(this.#story)
  readonly #flight: Flight
  readonly #codec: Codec
  readonly #results = new Map<string, unknown>()

  readonly #watcher: TableWatcher | undefined
  /** A step takes a millisecond, to whoever reads along; at the replicas time stands still until it passes. */
  #nowMs = 0

  /** @param watcher reads along, and changes nothing */
  constructor(n: 3 | 5, limits: Partial<Limits> = {}, watcher?: TableWatcher) {
    this.n = n
    this.#watcher = watcher
    this.#flight = new Flight(n)
    const members = Array.from({ length: n }, (_, rank) => rank + 1)
    // Every message lies on the table as soon as it is said; the simple rule, unless the schedule is of the faster one.
    const all = {
      ...defaultLimits,
      reservedIndices: 0,
      commitDelayMs: 0,
      voteDelayMs: 0,
      paceRoundTripMaxMs: 0,
      checkpointWaitMaxMs: 0,
      ...limits,
    }
    const codec = createCodec(all)
    this.#codec = codec
    this.#seats = members.map(
      (member, rank) =>
        new Seat(member, {
          members,
          limits: all,
          codec,
          sent: (to, message) => this.#flight.add({ from: rank, to: to - 1, message }),
          tap: () => this.#witness.tap(rank),
          watched: () => watcher?.tap(member, () => this.#nowMs),
          failed: error => this.#witness.failed(letterOf(rank), error),
        }),
    )
  }

  // ---- what a schedule does

  /** What is seen here, in words, for whoever reads along. */
  caption(text: string, ...about: readonly InstanceId[]): void {
    this.#nowMs++
    this.#watcher?.caption(text, about, this.#nowMs)
  }

  /** The replica looks whether there is anything to let go. @returns the truncation that it proposes, if it does */
  truncate(at: Letter): InstanceId | undefined {
    this.#say(`${at} looks what may go`)
    const id = this.#witness.proposedBy(() => this.#life(at).clock.pass(100))
    this.#witness.check()
    return id
  }

  /** A client connects to the replica; what it is answered is gathered. */
  connect(at: Letter): Connection {
    const answers: ClientAnswer[] = []
    const { requests } = this.#life(at).replica.connected({
      send: said => answers.push(...said),
      close: () => undefined,
    })
    answers.length = 0
    return { at, answers, requests }
  }

  /** The client of a connection asks something. @returns the instance in which it is proposed, if it is */
  request({ at, requests }: Connection, request: ClientRequest): InstanceId | undefined {
    this.#say(`client > ${at} ${request.type}`)
    const id = this.#witness.proposedBy(() => requests([request]))
    this.#witness.check()
    return id
  }

  /** A command in the encoding of the state machine: it appends `name` to the log of `key`. */
  append(name: string, key = 'k'): Uint8Array {
    const command: LogCommand = [key, name, 'append']
    return this.#codec.encodeData(command)
  }

  /** A command that reads the names of all keys. */
  scan(): Uint8Array {
    const command: LogCommand = ['k', '', 'scan']
    return this.#codec.encodeData(command)
  }

  /** The replica tells all others how far it is, as it does whenever a link comes up. */
  tell(who: string): void {
    for (const each of who) {
      const { events } = this.#life(each)
      const other = this.n - rankOf(each)
      this.#say(`${each} tells how far it is`)
      events.linkUp(other)
      this.#witness.check()
    }
  }

  /** A client of the replica appends its command to the log of `key`. Not yet durable. */
  submit(at: Letter, key = 'k'): InstanceId {
    return this.#propose(at, key, 'append')
  }

  /** A client of the replica reads the log of `key`. Not yet durable. */
  submitRead(at: Letter, key = 'k'): InstanceId {
    return this.#propose(at, key, 'read')
  }

  /** A client of the replica reads the length of the log of `key` by quorum, or the names of all keys. */
  read(at: Letter, key: string | 'all' = 'k'): AwaitedRead {
    this.#say(`READ at ${at}`)
    const read: AwaitedRead = { value: undefined }
    const command: LogCommand = key === 'all' ? ['', '', 'scan'] : [key, '', 'read']
    this.#life(at)
      .replica.read(command)
      .then(
        value => {
          read.value = value
        },
        error => {
          read.value = error
        },
      )
    this.#witness.check()
    return read
  }

  /** The length of the log of `key` as it is at the replica now, or the code of the refusal. */
  query(at: Letter, key = 'k'): unknown {
    try {
      return this.#life(at).replica.query([key, '', 'read'])
    } catch (error) {
      if (error instanceof EpaxosError) return error.code
      throw error
    }
  }

  /** Whatever the replicas have written becomes durable, and what waited for that leaves. */
  sync(who: string): void {
    for (const each of who) {
      const { store } = this.#life(each)
      this.#say(`SYNC ${each}`)
      while (store.finishFlush()) this.#witness.check()
    }
  }

  /** The flush that is under way ends; what waited for it happens, and another may begin. */
  syncOnce(at: Letter): void {
    this.#say(`SYNC ${at}, once`)
    this.#life(at).store.finishFlush()
    this.#witness.check()
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
    for (const { from, to, message } of this.#flight.take(type, route, id))
      this.#watcher?.lost(from + 1, to + 1, [message], 'loss', this.#nowMs)
  }

  /** The messages in flight, in the order in which they left. */
  inFlight<K extends MessageType>(type: K, route: Route, id?: InstanceId): Envelope<Extract<Message, { type: K }>>[] {
    return this.#flight.find(type, route, id)
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
      this.#watcher?.fault({ what: 'crash', members: [rankOf(each) + 1] }, this.#nowMs)
      this.#seat(each).crash(isWritten)
      this.#witness.remembers(each, [])
    }
  }

  /** @param loads the state stands at once; `early`: it does with `load`, and the replica votes before it */
  restart(who: string, loads: 'at once' | 'early' = 'at once'): void {
    for (const each of who) {
      this.#say(`RESTART ${each}${loads === 'early' ? ', its state loads' : ''}`)
      this.#watcher?.fault({ what: 'boot', members: [rankOf(each) + 1] }, this.#nowMs)
      this.#witness.restarts(each, this.#seat(each).onDisk())
      this.#seat(each).start(loads === 'early')
      this.#witness.check()
    }
  }

  /** The state of a replica that votes early stands. */
  load(at: Letter): void {
    this.#say(`the state of ${at} stands`)
    this.#seat(at).load()
    this.#witness.check()
  }

  /** A copy of the replica's disk as it is now. */
  copyOfDisk(at: Letter): MemoryDisk {
    return this.#seat(at).copyOfDisk()
  }

  /** The process dies, and begins again on another disk: an old copy of its own, or a new one. */
  restartOn(at: Letter, disk: MemoryDisk): void {
    if (this.isUp(at)) this.crash(at)
    this.#say(`${at} is given another DISK`)
    this.#seat(at).changeDisk(disk)
    this.restart(at)
  }

  /**
   * The first dials the second, each decides about the other, and if both let the other in, the first may speak.
   * @returns `let in`, or the code of the error with which one of them refuses the other
   */
  greet(route: Route): string {
    const { from, to } = endsOf(route, this.n)
    const [dialler, acceptor] = [letterOf(from[0]!), letterOf(to[0]!)]
    this.#say(`${dialler} greets ${acceptor}`)
    const answer = this.#decide(dialler, acceptor, false) ?? this.#decide(acceptor, dialler, true)
    if (answer === undefined) this.#life(dialler).events.linkUp(to[0]! + 1)
    this.#witness.check()
    return answer ?? 'let in'
  }

  /** @returns the code with which `at` refuses the other; undefined when it lets it in */
  #decide(other: Letter, at: Letter, hasLetUsIn: boolean): string | undefined {
    let decision: { readonly code: string | undefined } | undefined
    const { events } = this.#life(at)
    events.greeted({ ...this.#life(other).greeting, peer: rankOf(other) + 1, hasLetUsIn }, refusal => {
      decision = {
        code: refusal === null ? undefined : refusal instanceof EpaxosError ? refusal.code : refusal.message,
      }
    })
    this.sync(at)
    if (decision === undefined) throw this.#mistake(`${at} does not decide about ${other}`)
    return decision.code
  }

  dieAfterApplying(at: Letter, commands: number): void {
    this.#seat(at).dieAfterApplying(commands)
  }

  /** Time passes at one replica alone. */
  pass(at: Letter, ms: number): void {
    this.#say(`${ms} ms pass at ${at}`)
    this.#nowMs += ms
    this.#life(at).clock.pass(ms)
    this.#witness.check()
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

  /** Time passes at one replica alone, until it proposes something by itself. @returns the instance, not yet durable */
  passUntilProposed(at: Letter, ms: number): InstanceId {
    const id = this.#witness.proposedBy(() => this.pass(at, ms))
    if (id === undefined) throw this.#mistake(`${at} proposed nothing within ${ms} ms`)
    return id
  }

  /** What the replica has in memory becomes another state, as by a mistake of its state machine or a bad memory. */
  drift(at: Letter): void {
    this.#say(`the state of ${at} DRIFTS`)
    this.#witness.mayStop(at)
    this.#life(at).machine.restore(this.#codec.encodeData([['k', ['drifted']]]))
  }

  // ---- what a schedule leaves

  status(at: Letter): ReplicaStatus {
    return this.#life(at).replica.status()
  }

  /** Why the replica has ended by itself; undefined while it goes on. */
  stopped(at: Letter): string | undefined {
    return this.status(at).error
  }

  /** What was decided for `id`, if anybody could have seen it. */
  decided(id: InstanceId): Shown | undefined {
    return this.#witness.decided(id)
  }

  /** The replica's own record of `id`: as its statechart has written it, or as it was on disk at the last start. */
  record(at: Letter, id: InstanceId): Record | undefined {
    return this.#witness.record(at, id)
  }

  /**
   * The rule of [the protocol](../../../machines/protocol/README.md) by which the replica's last attempt at `id` moved
   * on.
   */
  rule(at: Letter, id: InstanceId): string | undefined {
    return this.#witness.rule(at, id)
  }

  /** What the replica says of its store and its progress when it greets. */
  greeting(at: Letter): Greeting {
    return this.#life(at).greeting
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

  // ---- within

  #propose(at: Letter, key: string, kind: 'append' | 'read'): InstanceId {
    const name = `${at}${this.#story.steps}`
    this.#say(`SUBMIT at ${at}${kind === 'read' ? ', a read' : ''}`)
    const { replica } = this.#life(at)
    const id = this.#witness.proposedBy(() => {
      // There is no result when a snapshot has it, or the replica ends: who expects one finds it missing.
      replica.propose([key, name, kind]).then(
        result => this.#results.set(name, result),
        () => undefined,
      )
    })
    this.#witness.check()
    if (id === undefined) throw this.#mistake(`${at} proposed nothing: is a flush in flight?`)
    return id
  }

  #deliver(type: MessageType, from: number, to: number, id?: InstanceId): number {
    const taken = this.#flight.take(type, `${letterOf(from)}>${letterOf(to)}`, id)
    for (const envelope of taken) this.#handOver(envelope)
    return taken.length
  }

  #handOver({ from, to, message }: Envelope): void {
    const { life } = this.#seats[to]!
    this.#say(`${letterOf(from)} > ${letterOf(to)} ${told(message)}${life === undefined ? ', which is down' : ''}`)
    if (life === undefined) this.#watcher?.lost(from + 1, to + 1, [message], 'down', this.#nowMs)
    life?.events.frame(from + 1, [message])
    this.#witness.check()
  }

  #say(line: string): void {
    this.#nowMs++
    this.#story.say(line)
  }

  #mistake(what: string): Error {
    return new Error(`the schedule cannot go on: ${what}\n${this.#story}`)
  }

  #seat(letter: string): Seat {
    return this.#seats[rankOf(letter)]!
  }

  #life(letter: string): Life {
    const { life } = this.#seat(letter)
    if (life === undefined) throw this.#mistake(`${letter} is down`)
    return life
  }
}
