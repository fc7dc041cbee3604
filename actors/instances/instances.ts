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
  /** The same command, in little memory. */
  foldCommand(command: Command): Command
}

/**
 * The instance actors of one replica. They are children of the replica in XState's system, but held in the entries of the
 * ledger: XState's list of children is copied at every spawn.
 */
export class Instances {
  readonly #ports: InstancesPorts
  readonly #machine: InstanceMachine
  #live = 0
  /** What the chart that is stepping has asked for so far. */
  #effects: Effect[] = []

  constructor(ports: InstancesPorts) {
    this.#ports = ports
    this.#machine = compiled(machineWithEffects(effect => this.#effects.push(effect), ports.circumstances))
  }

  /** Actors alive. */
  get live(): number {
    return this.#live
  }

  /**
   * Gives an event to the statechart of an instance, which is made, or stands again as its record says. Nothing is done while
   * the chart steps: what it wants done comes back as values.
   */
  step(entry: Entry, event: InstanceEvent): readonly Effect[] {
    const actor = entry.actor ?? this.#spawn(entry)
    actor.send(event)
    const effects = this.#effects
    if (effects.length > 0) this.#effects = []
    return effects
  }

  /** Where the statechart of an instance stands now. */
  snapshot(entry: Entry): InstanceSnapshot {
    return (entry.actor ?? this.#spawn(entry)).getSnapshot()
  }

  /** The actor of an executed instance has ended. What still comes for it meets a new one, made from the record. */
  retired(entry: Entry): void {
    this.forget(entry)
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
