import { expect } from 'chai'
import fc from 'fast-check'
import { conflict, type Footprint, NOP } from '../../../machines/protocol/commands.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { commandOf, commitNop, get, idOf, ledgerOf, put, write } from '../support/ledger.ts'

describe('ledger: rows and index', () => {
  it('gives one entry for each id', () => {
    const { ledger } = ledgerOf(3)
    expect(ledger.get(1, 4)).to.equal(undefined)
    const entry = ledger.entry(idOf(1, 4))
    expect(ledger.entry(idOf(1, 4))).to.equal(entry)
    expect(ledger.get(1, 4)).to.equal(entry)
    expect(entry).to.deep.include({ record: undefined, payloadStored: false, executed: false })
  })

  it('enters a payload when it is first learnt, by initCmd or by cmd, and once', () => {
    const { ledger, learnt } = ledgerOf(3)
    write(ledger, idOf(1, 4), { bal: 5 })
    expect(ledger.conflicting(idOf(0, 1), commandOf(put('x')))).to.eql([0, 0, 0])
    write(ledger, idOf(1, 4), { phase: 'accepted', cmd: commandOf(put('x')) })
    write(ledger, idOf(1, 4), { initCmd: commandOf(put('x')) })
    write(ledger, idOf(2, 3), { phase: 'preAccepted', initCmd: commandOf(put('x')), cmd: commandOf(put('x')) })
    expect(learnt).to.eql(['1.4', '2.3'])
    expect(ledger.conflicting(idOf(0, 1), commandOf(put('x')))).to.eql([0, 4, 3])
  })

  it('B11: keeps a payload that has become Nop; a Nop without one is none', () => {
    const { ledger, learnt } = ledgerOf(3)
    write(ledger, idOf(1, 4), { initCmd: commandOf(put('x')) })
    commitNop(ledger, idOf(1, 4))
    commitNop(ledger, idOf(2, 9))
    expect(ledger.conflicting(idOf(0, 1), commandOf(get('x')))).to.eql([0, 4, 0])
    expect(learnt).to.eql(['1.4'])
  })

  it('knows per row how far everything is committed', () => {
    const { ledger } = ledgerOf(3)
    commitNop(ledger, idOf(1, 2))
    expect(ledger.committedPrefix).to.eql([0, 0, 0])
    expect(ledger.distance(1, 9)).to.equal(9)
    write(ledger, idOf(1, 3), { phase: 'accepted', cmd: NOP })
    commitNop(ledger, idOf(1, 1))
    expect(ledger.committedPrefix).to.eql([0, 2, 0])
    expect(ledger.distance(1, 9)).to.equal(7)
    commitNop(ledger, idOf(1, 3))
    expect(ledger.committedPrefix).to.eql([0, 3, 0])
  })

  it('knows per row the highest index that it has heard of', () => {
    const { ledger } = ledgerOf(3)
    expect(ledger.heardOf(2, 4)).to.equal(1)
    expect(ledger.heardOf(2, 6)).to.equal(5)
    expect(ledger.heardOf(2, 3)).to.equal(7)
    expect(ledger.known).to.eql([0, 0, 6])
  })

  it('names all that is known and not committed, gaps among it', () => {
    const { ledger } = ledgerOf(3)
    ledger.heardOf(0, 4)
    ledger.heardOf(2, 1)
    commitNop(ledger, idOf(0, 1))
    commitNop(ledger, idOf(0, 3))
    write(ledger, idOf(0, 4), { bal: 3 })
    expect([...ledger.uncommitted()].map(({ id }) => `${id.rank}.${id.index}`)).to.eql(['0.2', '0.4', '2.1'])
  })

  it('goes on over what a snapshot has executed out of order, and of which no record came', () => {
    const { ledger } = ledgerOf(3)
    ledger.installExecuted({ prefix: [2, 0, 0], above: [[4, 5], [], []] })
    expect([ledger.committedPrefix, ledger.known]).to.eql([
      [2, 0, 0],
      [5, 0, 0],
    ])
    expect([...ledger.uncommitted()].map(({ id }) => `${id.rank}.${id.index}`)).to.eql(['0.3'])
    expect([1, 2, 3, 4, 5, 6].map(index => ledger.isGone(idOf(0, index)))).to.eql([
      true,
      true,
      false,
      true,
      true,
      false,
    ])
    commitNop(ledger, idOf(0, 3))
    expect(ledger.committedPrefix).to.eql([5, 0, 0])
  })

  it('knows as gone what was truncated, and keeps its index entry', () => {
    const { ledger } = ledgerOf(3)
    const dropped: string[] = []
    for (const index of [1, 2, 3])
      ledger.executed(write(ledger, idOf(1, index), { phase: 'committed', cmd: commandOf(put('x')) }))
    ledger.truncate([0, 2, 0], ({ id }) => dropped.push(`${id.rank}.${id.index}`))
    expect(dropped).to.eql(['1.1', '1.2'])
    expect([1, 2, 3].map(index => ledger.isGone(idOf(1, index)))).to.eql([true, true, false])
    expect(ledger.floor).to.eql([0, 2, 0])
    expect(ledger.conflicting(idOf(0, 1), commandOf(put('x')))).to.eql([0, 3, 0])
    expect(ledger.invalidating(idOf(0, 1), commandOf(put('x')), [0, 1, 0])).to.eql([
      { id: idOf(1, 3), committed: true },
    ])
  })

  it('evicts the keys of which nothing lies above the floor', () => {
    const { ledger } = ledgerOf(3)
    write(ledger, idOf(1, 1), { phase: 'committed', cmd: commandOf(put('x')) })
    write(ledger, idOf(1, 2), { phase: 'committed', cmd: commandOf(put('y')) })
    expect(ledger.evicting([9, 1, 9]).next(10)).to.equal(true)
    expect(ledger.conflicting(idOf(0, 1), commandOf(put('x')))).to.eql([0, 0, 0])
    expect(ledger.conflicting(idOf(0, 1), commandOf(put('y')))).to.eql([0, 2, 0])
  })

  it('hands out vectors of its own', () => {
    const { ledger } = ledgerOf(3)
    const { known, committedPrefix } = ledger
    ledger.heardOf(0, 1)
    commitNop(ledger, idOf(0, 1))
    expect(known).to.eql([0, 0, 0])
    expect(committedPrefix).to.eql([0, 0, 0])
  })

  const footprint = fc.constantFrom<Footprint>(put('x'), get('x'), put('y'), { reads: 'all', writes: [] })
  const dep = fc.array(fc.nat(4), { minLength: 3, maxLength: 3 })
  const entry = fc.record({
    rank: fc.nat(2),
    index: fc.integer({ min: 1, max: 4 }),
    phase: fc.constantFrom<Record['phase']>('initial', 'preAccepted', 'accepted', 'committed'),
    touches: footprint,
    isKnown: fc.boolean(),
    isNop: fc.boolean(),
    dep,
    initDep: dep,
  })

  it('4.4: I is what the rule says, over all that is recorded outside D', () => {
    const entries = fc.uniqueArray(entry, { selector: ({ rank, index }) => `${rank}.${index}`, maxLength: 10 })
    fc.assert(
      fc.property(entries, footprint, dep, (recorded, touches, d) => {
        const { ledger } = ledgerOf(3)
        const id = idOf(0, 2)
        const expected: string[] = []
        for (const each of recorded) {
          const payload = commandOf(each.touches)
          const initCmd = each.isKnown ? payload : undefined
          const cmd = each.phase === 'initial' ? undefined : each.isNop ? NOP : payload
          ledger.heardOf(each.rank, each.index)
          write(ledger, idOf(each.rank, each.index), {
            phase: each.phase,
            dep: each.dep,
            initDep: each.initDep,
            initCmd,
            cmd,
          })
          const isId = each.rank === id.rank && each.index === id.index
          if (isId || each.index <= d[each.rank]!) continue
          const deps = each.phase === 'committed' ? each.dep : each.initDep
          const judged = each.phase === 'committed' ? cmd : initCmd
          if (judged === undefined || judged === NOP) continue
          if (conflict(judged.footprint, touches) && deps[id.rank]! < id.index)
            expected.push(`${each.rank}.${each.index} ${each.phase}`)
        }
        const isCommitted = (each: string) => each.endsWith('committed')
        const found = ledger
          .invalidating(id, commandOf(touches), d)
          .map(each => `${each.id.rank}.${each.id.index} ${ledger.entry(each.id).record?.phase}`)
        expect(expected).to.include.members(found)
        // By rule 4.5.2 a committed member decides alone: one of them may stand for all.
        if (expected.some(isCommitted)) expect(found.some(isCommitted)).to.equal(true)
        else expect(found).to.have.length(expected.length)
      }),
      { numRuns: 1_000 },
    )
  })
})
