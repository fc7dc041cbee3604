import { type Command, conflict, NOP, type Value } from '../../../machines/protocol/commands.ts'
import { type Dependencies, includes, sameDependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { sameCommand } from '../../../machines/protocol/votes.ts'
import { Violation } from '../violation.ts'

interface Decision {
  readonly id: InstanceId
  readonly cmd: Value
  readonly dep: Dependencies
  readonly by: string
}

const name = ({ rank, index }: InstanceId): string => `${'ABCDEFGHI'[rank]}.${index}`
const shown = (cmd: Value, dep: Dependencies): string => `${cmd === NOP ? 'Nop' : 'command'} {${dep.join(',')}}`

/**
 * Agreement on (command, dependencies) of every instance, and visibility of every conflicting pair: one of the two is in
 * the other's dependencies. Fed with every decision that anybody could have seen.
 */
export class Decisions {
  readonly #byId = new Map<string, Decision>()
  /** Per key and rank, decided commands that touch it, by index. Keys `*` for footprints of everything. */
  readonly #touching = new Map<string, Decision[]>()

  get count(): number {
    return this.#byId.size
  }

  decided(id: InstanceId, cmd: Value, dep: Dependencies, by: string): void {
    const known = this.#byId.get(name(id))
    if (known !== undefined) {
      const isSame =
        sameDependencies(known.dep, dep) &&
        (known.cmd === NOP ? cmd === NOP : cmd !== NOP && sameCommand(known.cmd, cmd))
      if (!isSame)
        throw new Violation(
          'agreement',
          `${name(id)} was decided ${shown(known.cmd, known.dep)} (${known.by}) and now ${shown(cmd, dep)} (${by})`,
        )
      return
    }
    const decision = { id, cmd, dep, by }
    this.#byId.set(name(id), decision)
    if (cmd !== NOP) this.#checkVisible(decision, cmd)
  }

  of(id: InstanceId): { readonly cmd: Value; readonly dep: Dependencies } | undefined {
    return this.#byId.get(name(id))
  }

  #checkVisible(decision: Decision, cmd: Command): void {
    const { reads, writes } = cmd.footprint
    const keys = reads === 'all' || writes === 'all' ? ['*'] : [...reads, ...writes]
    const others =
      keys[0] === '*'
        ? [...this.#touching.values()].flat()
        : [...keys, '*'].flatMap(key => this.#touching.get(key) ?? [])
    for (const other of others) {
      if (other.cmd === NOP || includes(decision.dep, other.id.rank, other.id.index)) continue
      if (!conflict(cmd.footprint, other.cmd.footprint) || includes(other.dep, decision.id.rank, decision.id.index))
        continue
      throw new Violation(
        'visibility',
        `${name(decision.id)} ${shown(cmd, decision.dep)} and ${name(other.id)} ${shown(other.cmd, other.dep)} conflict, and neither depends on the other`,
      )
    }
    for (const key of keys) {
      const list = this.#touching.get(key)
      if (list === undefined) this.#touching.set(key, [decision])
      else list.push(decision)
    }
  }
}
