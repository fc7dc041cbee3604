import { Replica } from '../../../actors/replica/replica.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import type { Codec } from '../../../net/codec.ts'
import type { Greeting, TransportEvents } from '../../../net/transport.ts'
import { copyDisk } from '../../../storage/simulated/copy-disk.ts'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/simulated/disk.ts'
import { tapsOf } from '../../sim/world/taps.ts'
import { HandClock } from './hand-clock.ts'
import { HandStore } from './hand-store.ts'
import { createLogMachine, type LogCommand, type LogMachine } from './log-machine.ts'

/** One life of a replica: the production `Replica` between ports that do nothing by themselves. */
export interface Life {
  readonly replica: Replica<LogCommand, number | readonly string[]>
  readonly store: HandStore
  readonly clock: HandClock
  readonly machine: LogMachine
  readonly events: TransportEvents
  /** What it says of itself to its peers. */
  readonly greeting: Greeting
  isDead: boolean
}

export interface SeatPorts {
  readonly members: readonly number[]
  readonly limits: Limits
  readonly codec: Codec
  sent(to: number, message: Message): void
  tap(): Tap
  /** Of somebody who reads along. */
  watched(): Tap | undefined
  /** The replica has ended by itself, and why. */
  failed(error: Error | undefined): void
}

/** Of a state that loads beside votes: a checkpoint could begin meanwhile. */
const earlyReadMs = 10
/** Reads at a start, at most. */
const readsMax = 1_000

/** A place at the table: a disk, and the replica that lives on it now. */
export class Seat {
  readonly #member: number
  readonly #ports: SeatPorts
  #disk: MemoryDisk = createMemoryDisk()
  /** Starts so far: each draws another token for its life. */
  #starts = 0
  #life: Life | undefined
  /** How many more commands are executed before the process dies; undefined for no end. */
  #appliesLeft: number | undefined

  constructor(member: number, ports: SeatPorts) {
    this.#member = member
    this.#ports = ports
    this.#disk.format({
      cluster: 'table',
      member,
      members: ports.members,
      epoch: 1,
      storeIdentity: `disk ${member}`,
    })
    this.start()
  }

  /** The life of now, if there is one. */
  get life(): Life | undefined {
    return this.#life
  }

  /**
   * Begins a new life on the disk.
   * @param isEarly its state does not stand yet: it does with `load`
   * @throws Error when the replica does not begin to vote
   */
  start(isEarly = false): void {
    const { members, limits, codec } = this.#ports
    const clock = new HandClock()
    const store = new HandStore(this.#disk, clock)
    if (isEarly) store.readMs = earlyReadMs
    const machine = createLogMachine(codec, () => this.#applying())
    let events: TransportEvents | undefined
    let greeting: Greeting | undefined
    this.#starts++
    let begun: Life | undefined
    const isMine = () => begun === undefined || !begun.isDead
    const replica: Life['replica'] = new Replica({
      id: this.#member,
      members,
      stateMachine: machine,
      transport: {
        start: (said, given) => {
          greeting = said
          events = given
        },
        send: (to, messages) => {
          if (isMine()) for (const message of messages) this.#ports.sent(to, message)
        },
        stop: done => done(),
      },
      store,
      codec,
      clock,
      random: () => (begun === undefined ? this.#starts / 1_024 : 0),
      limits,
      tap: this.#watched(
        isMine,
        this.#whileAlive(isMine, () => replica.actor.getSnapshot().context.error),
      ),
    })
    const started = replica.start()
    store.finishOpening()
    // The state is read.
    for (let reads = 0; replica.state === 'rebuilding' && reads < readsMax; reads++) clock.pass(1)
    // The life of the store is durable before the replica votes.
    store.finishFlush()
    if (events === undefined || greeting === undefined) {
      // The same error comes by the promise; it is thrown here.
      started.catch(() => undefined)
      throw replica.actor.getSnapshot().context.error ?? new Error(`the replica is ${replica.state}, not voting`)
    }
    begun = { replica, store, clock, machine, events, greeting, isDead: false }
    this.#life = begun
    if (!isEarly) this.load()
  }

  /** The state of the replica is read to its end. */
  load(): void {
    const { replica, clock } = this.#life!
    for (let reads = 0; replica.state === 'loading' && reads < readsMax; reads++) clock.pass(1)
  }

  /** What a new life would find. */
  onDisk(): { readonly id: InstanceId; readonly record: Record }[] {
    const { codec } = this.#ports
    return (this.#disk.contents()?.records ?? []).map(({ epoch, rank, index, vote, command }) => ({
      id: { epoch, rank, index },
      record: codec.decodeVote(vote, command === undefined ? undefined : codec.decodeCommand(command)),
    }))
  }

  /** A copy of its disk as it is now. */
  copyOfDisk(): MemoryDisk {
    return copyDisk(this.#disk)
  }

  /** From its next start on it lives on another disk. */
  changeDisk(disk: MemoryDisk): void {
    this.#disk = copyDisk(disk)
  }

  /** The process dies. @param isWritten the flush in flight had just become durable */
  crash(isWritten = false): void {
    const life = this.#life
    if (life === undefined) throw new Error(`replica ${this.#member} is down already`)
    life.isDead = true
    life.store.crash(isWritten)
    this.#life = undefined
    this.#appliesLeft = undefined
  }

  /** The process dies in the middle of an execution: when it has applied `commands` more, before the next. */
  dieAfterApplying(commands: number): void {
    this.#appliesLeft = commands
  }

  #applying(): void {
    if (this.#appliesLeft === undefined) return
    if (this.#appliesLeft === 0) this.crash()
    else this.#appliesLeft--
  }

  #watched(isAlive: () => boolean, own: Tap): Tap {
    const watched = this.#ports.watched()
    return watched === undefined ? own : tapsOf(watched, own, isAlive)
  }

  /** The tap of a process that has died hears nothing more, though its turn runs to the end here. */
  #whileAlive(isAlive: () => boolean, errorOf: () => Error | undefined): Tap {
    const tap = this.#ports.tap()
    return {
      sent: (...it) => isAlive() && tap.sent?.(...it),
      received: (...it) => isAlive() && tap.received?.(...it),
      rejected: (...it) => isAlive() && tap.rejected?.(...it),
      resubmitted: (...it) => isAlive() && tap.resubmitted?.(...it),
      truncated: (...it) => isAlive() && tap.truncated?.(...it),
      snapshotCame: (...it) => isAlive() && tap.snapshotCame?.(...it),
      committed: (...it) => isAlive() && tap.committed?.(...it),
      executed: (...it) => isAlive() && tap.executed?.(...it),
      stepped: (...it) => isAlive() && tap.stepped?.(...it),
      written: (...it) => isAlive() && tap.written?.(...it),
      stateChanged: state => {
        if (!isAlive()) return
        tap.stateChanged?.(state)
        if (state === 'failed') this.#ports.failed(errorOf())
      },
    }
  }
}
