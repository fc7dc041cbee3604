import type { Codec } from '../../net/codec.ts'
import { BackupError, type BackupSummary } from './backup-file.ts'
import { type CheckedBackup, checkingBackup } from './read-backup.ts'

/** The check of a backup whose bytes come in parts of any size. It keeps the region that is not whole yet. */
export class BackupCheck {
  readonly #checking: Generator<number, CheckedBackup, Uint8Array>
  #step: IteratorResult<number, CheckedBackup>
  #parts: Uint8Array[] = []
  #bytes = 0

  /** @throws BackupError `backupDamaged` when so few bytes are no backup */
  constructor(size: number, codec: Codec) {
    this.#checking = checkingBackup(size, codec)
    this.#step = this.#checking.next()
  }

  /** @throws BackupError, which names the fault */
  add(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#bytes += bytes.length
    while (!this.#step.done && this.#bytes >= this.#step.value)
      this.#step = this.#checking.next(this.#take(this.#step.value))
  }

  /** Called when all bytes came. @throws BackupError `backupDamaged` when that is not all */
  end(): BackupSummary {
    if (!this.#step.done) throw new BackupError('backupDamaged', `${this.#step.value} bytes more are expected`)
    const found = this.#step.value
    const { cluster, member, takenMs, commands } = found.version === 1 ? found.backup : found.head
    return { cluster, member, takenMs, commands }
  }

  #take(length: number): Uint8Array {
    const taken = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const first = this.#parts[0]!
      const some = first.subarray(0, length - at)
      taken.set(some, at)
      at += some.length
      if (some.length === first.length) this.#parts.shift()
      else this.#parts[0] = first.subarray(some.length)
    }
    this.#bytes -= length
    return taken
  }
}
