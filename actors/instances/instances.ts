import { type AnyActorRef, createActor } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { type Effect, machineWithEffects } from '../../machines/instance/effects.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { InstanceActor, InstanceMachine, InstanceSnapshot } from '../../machines/instance/machine.ts'
import type { Circumstances } from '../../machines/protocol/addressing.ts'
import { type Command, NOP } from '../../machines/protocol/commands.ts'
import type { Quorums } from '../../machines/protocol/quorums.ts'
import type { Entry } from '../records/entry.ts'

export interface InstancesPorts {
  /** The parent of all instance actors. */
  readonly parent: AnyActorRef
  readonly quorums: Quorums
  readonly circumstances: Circumstances
  /** A copy of a command that takes little memory. */
  foldCommand(command: Command): Command
}

/**
 * The instance actors of one replica. They are children of the replica in XState's system, but held in the entries of
 * the ledger: XState's list of children is copied at every spawn.
 */
export class Instances {
  readonly #ports: InstancesPorts
  readonly #machine: InstanceMachine
  #live = 0
  /** Effects of the running step so far. */
  #effects: Effect[] = []

  constructor(ports: InstancesPorts) {
    this.#ports = ports
    this.#machine = compiled(machineWithEffects(effect => this.#effects.push(effect), ports.circumstances))
  }

  /** Number of live actors. */
  get live(): number {
    return this.#live
  }

  /**
   * Gives an event to the statechart of an instance, which is made first if needed, or restored from its record.
   * Nothing is done while the chart steps: its effects are returned as values.
   */
  step(entry: Entry, event: InstanceEvent): readonly Effect[] {
    const actor = entry.actor ?? this.#spawn(entry)
    actor.send(event)
    const effects = this.#effects
    if (effects.length > 0) this.#effects = []
    return effects
  }

  /** The current snapshot of an instance's statechart. */
  snapshot(entry: Entry): InstanceSnapshot {
    return (entry.actor ?? this.#spawn(entry)).getSnapshot()
  }

  /**
   * Forgets the actor of an executed instance, which has ended. A later event for it meets a new one, made from the
   * record.
   */
  retired(entry: Entry): void {
    this.forget(entry)
    this.#fold(entry)
  }

  /** Whether an instance was committed here on the fast path, by an actor that still lives. */
  hasCommittedFast(entry: Entry): boolean {
    return entry.actor?.getSnapshot().context.path === 'fast'
  }

  /** Stops the actor of an executed instance whose record is gone. */
  forget(entry: Entry): void {
    if (entry.actor === undefined) return
    entry.actor = undefined
    this.#live--
  }

  /**
   * Compacts the record of an executed, durable instance. The record stays for replicas that missed it, but its
   * commands are rarely read again.
   */
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
    const { parent, quorums, circumstances } = this.#ports
    const actor = createActor(this.#machine, {
      parent,
      id: `${entry.id.rank}.${entry.id.index}`,
      input: { id: entry.id, self: circumstances.self, quorums },
    })
    actor.start()
    entry.actor = actor
    this.#live++
    if (entry.record !== undefined) actor.send({ type: 'restore', record: entry.record })
    return actor
  }
}
