import { type Dependencies, sameDependencies } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Message } from '../../../machines/protocol/messages.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { nameOf } from '../names.ts'
import { Violation } from '../violation.ts'

interface Said {
  readonly id: InstanceId
  bal: number
  abal: number
  /** The dependencies of its preAccepted vote. */
  dep: Dependencies | undefined
  /** More than its preAccept was said. */
  isVoted: boolean
}

/** What one replica has told others of its promises and votes must be on its disk, whatever happens to its process. */
export class Promises {
  readonly #said = new Map<string, Said>()

  /**
   * A message has left for another replica: what it reveals
   * ([section 6](../../../machines/protocol/README.md#section-6)).
   */
  sent(message: Message): void {
    switch (message.type) {
      case 'preAccept':
        this.#of(message.id).dep ??= message.dep
        break
      case 'preAcceptOk':
        this.#of(message.id).dep ??= message.dep
        this.#voted(message.id, 0, 0)
        break
      case 'commit':
        // Of an own instance: until then it was perhaps only proposed.
        if (this.#said.has(nameOf(message.id))) this.#voted(message.id, 0, 0)
        break
      case 'accept':
      case 'acceptOk':
        this.#voted(message.id, message.bal, message.bal)
        break
      case 'recover':
      case 'validate':
      case 'validateOk':
        this.#voted(message.id, message.bal, 0)
        break
      case 'recoverOk':
        if (message.phase !== 'committed') this.#voted(message.id, message.bal, message.abal)
        break
      default:
    }
  }

  /**
   * A process opens the disk: everything said before must be there.
   * @param floor per row, up to here the disk has no records any more: nobody asks for them again
   * @param reserved under the faster rule what was only proposed may be forgotten, where its index is reserved
   * @returns how many were
   */
  reopened(
    replica: string,
    records: readonly { readonly id: InstanceId; readonly record: Record }[],
    floor: Dependencies,
    reserved: number,
  ): number {
    let forgotten = 0
    const found = new Map(records.map(({ id, record }) => [nameOf(id), record]))
    for (const [name, said] of this.#said) {
      if (said.id.index <= (floor[said.id.rank] ?? 0)) {
        this.#said.delete(name)
        continue
      }
      const record = found.get(name)
      if (record === undefined && !said.isVoted && said.id.index <= reserved) {
        this.#said.delete(name)
        forgotten++
        continue
      }
      if (record === undefined || !isKept(said, record))
        throw new Violation(
          'durability',
          `replica ${replica} said bal ${said.bal}, abal ${said.abal}, preAccepted {${said.dep ?? 'not'}} of ${name}; its disk says ${record === undefined ? 'nothing' : `${record.phase} bal ${record.bal} abal ${record.abal} {${record.dep}}`}`,
          [name],
        )
    }
    return forgotten
  }

  #voted(id: InstanceId, bal: number, abal: number): void {
    const said = this.#of(id)
    said.isVoted = true
    said.bal = Math.max(said.bal, bal)
    said.abal = Math.max(said.abal, abal)
  }

  #of(id: InstanceId): Said {
    const name = nameOf(id)
    const said = this.#said.get(name) ?? { id, bal: 0, abal: 0, dep: undefined, isVoted: false }
    this.#said.set(name, said)
    return said
  }
}

/** Ballots never go back; a vote stands until a later one, or the decision, takes its place. */
function isKept({ bal, abal, dep }: Said, record: Record): boolean {
  if (record.phase === 'committed') return true
  if (record.bal < bal || record.abal < abal) return false
  if (dep === undefined || record.phase === 'accepted') return true
  return record.phase === 'preAccepted' && sameDependencies(record.dep, dep)
}
