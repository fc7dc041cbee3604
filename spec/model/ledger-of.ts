import { Ledger } from '../../actors/records/ledger.ts'
import type { Rank } from '../../machines/protocol/membership.ts'
import { initialRecord, type Record } from '../../machines/protocol/record.ts'
import type { Setting } from './configuration.ts'

/** What of a replica its ledger is made of. */
export interface Remembered {
  readonly self: Rank
  /** Its record of each command. */
  readonly records: readonly Record[]
  /** Commands whose payload is in the conflict index, as bits. */
  readonly learnt: number
  /** The restart barrier that counts; 0: none. */
  readonly barrier: number
}

/** The production ledger of one replica of the model: its conflict index, and I of rule 4.4. */
export function ledgerOf(setting: Setting, { self, records, learnt, barrier }: Remembered): Ledger {
  const ledger = new Ledger(setting.membership)
  if (barrier > 0) ledger.raiseBarrier(self, barrier)
  setting.ids.forEach((id, command) => {
    const { n } = setting.configuration
    ledger.heardOf(id.rank, id.index)
    const entry = ledger.entry(id)
    // An entry of the index outlives the record that it came from.
    if ((learnt >> command) & 1) ledger.write(entry, { ...initialRecord(n), initCmd: setting.commands[command] })
    ledger.write(entry, records[command]!)
  })
  return ledger
}
