import { expect } from 'chai'
import { Ledger } from '../../../actors/records/ledger.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { Command } from '../../../machines/protocol/commands.ts'
import { createMembership } from '../../../machines/protocol/membership.ts'
import type { Phase } from '../../../machines/protocol/record.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'

const cmd: Command = { footprint: { reads: [], writes: ['k'] }, payloads: [Uint8Array.of(1)] }
const none = [0, 0, 0, 0, 0]
const id = { epoch: 1, rank: 0, index: 1 }

function ledgerOf(rank: number, count: number, phase: Phase) {
  const ledger = new Ledger(createMembership([1, 2, 3, 4, 5]))
  for (let index = 1; index <= count; index++) {
    const record = { phase, bal: 0, abal: 0, cmd, initCmd: cmd, dep: none, initDep: none }
    ledger.heardOf(rank, index)
    ledger.write(ledger.entry({ epoch: 1, rank, index }), record)
  }
  return ledger
}

describe('ledger: what could invalidate (rule 4.4)', () => {
  it('after a long partition the answer to a validate still fits into a message', () => {
    const invalidating = ledgerOf(1, defaultLimits.idsMax + 1, 'committed').invalidating(id, cmd, none)
    // One that is committed decides alone (rule 4.5.2).
    expect(invalidating).to.deep.equal([{ id: { epoch: 1, rank: 1, index: 1 }, committed: true }])
    expect(() =>
      createCodec(defaultLimits).encodeMessages([{ type: 'validateOk', id, bal: 5, invalidating }]),
    ).not.to.throw()
  })

  it('of those that are not committed it names every one', () => {
    const invalidating = ledgerOf(1, 3, 'preAccepted').invalidating(id, cmd, none)
    expect(invalidating.map(each => each.id.index)).to.deep.equal([1, 2, 3])
    expect(invalidating.some(each => each.committed)).to.equal(false)
  })
})
