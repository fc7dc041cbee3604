import type { Message } from '../../../machines/protocol/messages.ts'
import type { Codec } from '../../../net/codec.ts'
import type { RecordWrite } from '../../../storage/store.ts'
import { Violation } from '../violation.ts'

interface Said {
  bal: number
  abal: number
  preAccepted: boolean
}

/** What one replica has told others of its promises and votes must be on its disk, whatever happens to its process. */
export class Promises {
  readonly #said = new Map<string, Said>()

  sent(message: Message): void {
    switch (message.type) {
      case 'preAcceptOk':
        this.#of(message.id).preAccepted = true
        break
      case 'acceptOk': {
        const said = this.#of(message.id)
        said.bal = Math.max(said.bal, message.bal)
        said.abal = Math.max(said.abal, message.bal)
        break
      }
      case 'recoverOk': {
        if (message.phase === 'committed') break
        const said = this.#of(message.id)
        said.bal = Math.max(said.bal, message.bal)
        break
      }
      default:
    }
  }

  /** A process opens the disk: everything said before must be there. */
  reopened(replica: number, records: readonly RecordWrite[], codec: Codec): void {
    const found = new Map(records.map(record => [`${record.rank}.${record.index}`, record]))
    for (const [key, said] of this.#said) {
      const write = found.get(key)
      const record =
        write === undefined
          ? undefined
          : codec.decodeVote(write.vote, write.command === undefined ? undefined : codec.decodeCommand(write.command))
      const kept =
        record !== undefined &&
        (record.phase === 'committed' ||
          (record.bal >= said.bal && record.abal >= said.abal && (!said.preAccepted || record.phase !== 'initial')))
      if (!kept)
        throw new Violation(
          'durability',
          `replica ${replica} said bal ${said.bal}, abal ${said.abal}${said.preAccepted ? ', preAccepted' : ''} for ${key}; its disk says ${record === undefined ? 'nothing' : `${record.phase} bal ${record.bal} abal ${record.abal}`}`,
        )
    }
  }

  #of({ rank, index }: { readonly rank: number; readonly index: number }): Said {
    const key = `${rank}.${index}`
    let said = this.#said.get(key)
    if (said === undefined) {
      said = { bal: 0, abal: 0, preAccepted: false }
      this.#said.set(key, said)
    }
    return said
  }
}
