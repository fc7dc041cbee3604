import { type AnyActorRef, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import type { Attempt, InstanceContext } from '../../machines/instance/context.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import { type InstanceActor, type InstanceMachine, instanceMachine } from '../../machines/instance/machine.ts'
import { type Addressed, attemptOf, candidateOf } from '../../machines/instance/outgoing.ts'
import { initialBallot } from '../../machines/protocol/ballots.ts'
import { type Command, NOP } from '../../machines/protocol/commands.ts'
import type { Dependencies } from '../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { Candidate } from '../../machines/protocol/recovery.ts'
import { type Entry, isHeldBy, type Ledger } from '../records/ledger.ts'
import type { Outbox } from '../records/outbox.ts'
import type { Tap } from '../shared/tap.ts'
import { everybody } from './awaited-votes.ts'

export interface InstancesPorts {
  readonly self: Rank
  readonly quorums: Quorums
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly tap: Tap | undefined
  /** The same command, in little memory. */
  foldCommand(command: Command): Command
  /** A request of mine to myself (rule 3.1), or a vote that counts already: it is delivered at once. */
  deliver(message: Message): void
  /** The instance is committed here, by the path in its context. */
  committed(entry: Entry, context: InstanceContext): void
  /** It was committed here before, and another has told it. */
  told(context: InstanceContext): void
  /** Section 6: a preAccept of mine with this index may leave before its record is durable. */
  isReserved(index: number): boolean
  /** A vote of this peer on my instance with this index is waited for. */
  isAwaited(index: number, rank: Rank): boolean
  /** Whose votes on an accept of mine at ballot 0 are waited for, by rank, as bits. */
  awaitedForAccept(): number
  awaitFastPath(entry: Entry, attempt: Attempt, initDep: Dependencies): void
  awaitMembers(entry: Entry, members: readonly InstanceId[], candidate: Candidate): void
}

interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

/**
 * The instance actors of one replica. They are children of the replica in XState's system, but held in the replica's
 * own table: XState's list of children is copied at every spawn.
 */
export class Instances {
  readonly #ports: InstancesPorts
  readonly #machine: InstanceMachine
  readonly #parent: AnyActorRef
  #live = 0
  /** Whose actor takes an event now, and what it is given meanwhile. */
  #stepping: Entry | undefined
  #next: InstanceEvent[] | undefined

  constructor(parent: AnyActorRef, ports: InstancesPorts) {
    this.#parent = parent
    this.#ports = ports
    this.#machine = compiled(this.#wired())
  }

  /** Actors alive. */
  get live(): number {
    return this.#live
  }

  /** Gives an event to the statechart of an instance, which is made, or stands again as its record says. */
  send(entry: Entry, event: InstanceEvent): void {
    if (entry === this.#stepping) {
      // Its actor would take it next, too: but what it has taken is told in that order.
      this.#next ??= []
      this.#next.push(event)
      return
    }
    const [outer, outerNext] = [this.#stepping, this.#next]
    this.#stepping = entry
    this.#next = undefined
    this.#step(entry, event)
    const next = this.#next
    this.#stepping = outer
    this.#next = outerNext
    for (const each of next ?? []) this.send(entry, each)
  }

  #step(entry: Entry, event: InstanceEvent): void {
    const actor = entry.actor ?? this.#spawn(entry)
    const { tap } = this.#ports
    if (tap?.stepped === undefined) {
      actor.send(event)
      return
    }
    const before = actor.getSnapshot()
    actor.send(event)
    tap.stepped(entry.id, event.type, before, actor.getSnapshot())
  }

  /** Ends the actor of an executed instance. What still comes for it meets a new one, made from the record. */
  retire(entry: Entry): void {
    if (entry.actor === undefined) return
    this.send(entry, { type: 'executed' })
    entry.actor = undefined
    this.#live--
    this.#fold(entry)
  }

  /** It was committed here on the fast path, by an actor that still lives. */
  hasCommittedFast(entry: Entry): boolean {
    return entry.actor?.getSnapshot().context.path === 'fast'
  }

  /** The record of an executed instance is gone: what is left of its actor goes too. */
  forget(entry: Entry): void {
    if (entry.actor === undefined) return
    entry.actor = undefined
    this.#live--
  }

  /** Executed and durable: the record stays for those who missed it, and hardly anybody looks at its commands again. */
  #fold(entry: Entry): void {
    const { record } = entry
    if (record?.phase !== 'committed') return
    const { foldCommand } = this.#ports
    const { cmd, initCmd } = record
    entry.record = {
      ...record,
      cmd: cmd === undefined || cmd === NOP ? cmd : foldCommand(cmd),
      initCmd: initCmd && foldCommand(initCmd),
    }
  }

  #spawn(entry: Entry): InstanceActor {
    const { self, quorums } = this.#ports
    const actor = createActor(this.#machine, {
      parent: this.#parent,
      id: `${entry.id.rank}.${entry.id.index}`,
      input: { id: entry.id, self, quorums },
    })
    actor.start()
    entry.actor = actor
    this.#live++
    if (entry.record !== undefined) actor.send({ type: 'restore', record: entry.record })
    return actor
  }

  /** The effects of the chart: they only append to the outbox. */
  #wired(): InstanceMachine {
    const { self, quorums, ledger, outbox, tap } = this.#ports
    const others = Array.from({ length: quorums.n }, (_, rank) => rank).filter(rank => rank !== self)
    return instanceMachine.provide({
      actions: {
        writeRecord: ({ context }: Scope) => {
          const entry = ledger.entry(context.id)
          ledger.write(entry, context.record)
          outbox.write(entry)
          tap?.written?.(context.id, context.record)
        },
        reply: ({ event }: Scope, message: Message) => {
          const to = 'from' in event ? event.from : self
          // The faster rule: what my own vote decides is told after one flush that has both (What is left out, and what may wait).
          if (to === self && message.type === 'preAcceptOk' && this.#ports.isReserved(message.id.index)) {
            tap?.sent?.(self, message)
            this.#ports.deliver(message)
            return
          }
          const isAsked = event.type === 'preAccept' || event.type === 'accept'
          if (isAsked && event.message.unhurried) outbox.sayUnhurried(to, message)
          else outbox.say(to, message)
        },
        broadcast: ({ context }: Scope, message: Message) => {
          const entry = ledger.entry(context.id)
          const short = withoutPayload(message)
          if (message.type === 'preAccept') {
            const isEarly = this.#ports.isReserved(message.id.index)
            const unhurried: Message = { ...message, unhurried: true }
            for (const rank of others) {
              const isAwaited = this.#ports.isAwaited(message.id.index, rank)
              const asked = isAwaited ? message : unhurried
              // It will not have answered when this commits; but the preAccept lies before the commit on its link, and who
              // has lost it asks for the whole.
              if (!isAwaited) entry.heldBy |= 1 << rank
              if (isEarly) outbox.sayNow(rank, asked)
              else outbox.say(rank, asked)
            }
            return
          }
          const isAtZero = message.type === 'accept' && message.bal === initialBallot
          const awaited = isAtZero ? this.#ports.awaitedForAccept() : everybody
          for (const rank of others) {
            const known = isHeldBy(entry, rank) ? short : message
            // Without hurry it goes with the commit that follows.
            if (awaited & (1 << rank)) outbox.say(rank, known)
            else outbox.sayUnhurried(rank, { ...known, unhurried: true } as Message)
          }
        },
        sendTo: (_: Scope, { to, message }: Addressed) => {
          for (const rank of to) {
            if (rank === self) this.#ports.deliver(message)
            else outbox.say(rank, message)
          }
        },
        announceCommit: ({ context }: Scope) => this.#ports.committed(ledger.entry(context.id), context),
        announceTold: ({ context }: Scope) => this.#ports.told(context),
        awaitFastPath: ({ context }: Scope) =>
          this.#ports.awaitFastPath(ledger.entry(context.id), attemptOf(context), context.record.initDep),
        awaitMembers: ({ context }: Scope) =>
          this.#ports.awaitMembers(
            ledger.entry(context.id),
            attemptOf(context).members.map(member => member.id),
            candidateOf(context),
          ),
      },
    })
  }
}

/** For those who hold the payload: an accept need not carry it again. */
const withoutPayload = (message: Message): Message =>
  message.type === 'accept' && message.cmd !== NOP ? { ...message, cmd: undefined } : message
