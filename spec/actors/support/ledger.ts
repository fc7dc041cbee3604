import type { Entry } from '../../../actors/records/entry.ts'
import { Ledger } from '../../../actors/records/ledger.ts'
import { type Command, type Footprint, NOP } from '../../../machines/protocol/commands.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { createMembership, type Membership } from '../../../machines/protocol/membership.ts'
import { initialRecord, type Record } from '../../../machines/protocol/record.ts'

export const idOf = (rank: number, index: number): InstanceId => ({ epoch: 1, rank, index })
export const commandOf = (footprint: Footprint, byte = 1): Command => ({
  footprint,
  payloads: [new Uint8Array([byte])],
})
export const put = (...keys: string[]): Footprint => ({ reads: [], writes: keys })
export const get = (...keys: string[]): Footprint => ({ reads: keys, writes: [] })

/** The ledger of a replica among `n`, and whose payloads it has learnt. */
export function ledgerOf(n: number): { ledger: Ledger; learnt: string[] } {
  const learnt: string[] = []
  const members = Array.from({ length: n }, (_, rank) => rank + 1)
  return { learnt, ledger: new NotingLedger(createMembership(members), learnt) }
}

/** Notes whose payloads are learnt. */
class NotingLedger extends Ledger {
  readonly #learnt: string[]

  constructor(membership: Membership, learnt: string[]) {
    super(membership)
    this.#learnt = learnt
  }

  override write(entry: Entry, record: Record): Command | undefined {
    const learnt = super.write(entry, record)
    if (learnt !== undefined) this.#learnt.push(`${entry.id.rank}.${entry.id.index}`)
    return learnt
  }
}

/** A record with some of its fields given. */
export function write(ledger: Ledger, id: InstanceId, change: Partial<Record>): Entry {
  const entry = ledger.entry(id)
  ledger.write(entry, { ...(entry.record ?? initialRecord(ledger.membership.quorums.n)), ...change })
  return entry
}

export const commitNop = (ledger: Ledger, id: InstanceId): Entry => write(ledger, id, { phase: 'committed', cmd: NOP })
