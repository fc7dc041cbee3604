import { type Mutant, patch } from '../mutant.ts'

/** What conflicts, and which dependencies say so (sections 2 and 8; rules 3.2, 3.3). */
export const dependencies: readonly Mutant[] = [
  {
    rows: ['B11', 'N'],
    breaks: 'committed Nops are left out of dependencies',
    patches: [
      patch(
        'actors/records/ledger.ts',
        'const found = this.#index.conflicting(id, command.footprint)',
        `const isNop = (rank: number, index: number) => {
      const record = this.get(rank, index)?.record
      return record?.phase === 'committed' && record.cmd === 'nop'
    }
    const found = this.#index.conflicting(id, command.footprint).map((highest, rank) => {
      let top = highest
      while (top > 0 && isNop(rank, top)) top--
      return top
    })`,
      ),
    ],
    scenario: 'N (B11): a committed Nop',
  },
  {
    rows: ['3.2'],
    breaks: 'a vote does not take in what conflicts here',
    patches: [patch('machines/protocol/votes.ts', 'dep: union(id, d0, conflicting)', 'dep: union(id, d0, d0)')],
    scenario: 'D12 (B18):',
  },
  {
    rows: ['3.3'],
    breaks: 'the slow path proposes initDep, not the union of the replies',
    patches: [
      patch(
        'machines/instance/actions.ts',
        'dep: unionOfReplies(id, record.initDep, attempt!.preAcceptOks)',
        'dep: unionOfReplies(id, record.initDep, attempt!.preAcceptOks.slice(0, 0))',
      ),
    ],
    scenario: 'D12 (B18):',
  },
  {
    rows: ['reads'],
    breaks: 'a read depends on nothing',
    patches: [
      patch('machines/protocol/conflict-index.ts', "if (slot >= 0) shard!.raise(deps, slot, 'writes', part)", ''),
    ],
    scenario: 'section 2: a read depends on the write',
  },
  {
    rows: ['reads'],
    breaks: 'a write depends on no read',
    patches: [patch('machines/protocol/conflict-index.ts', "      shard.raise(deps, slot, 'reads', part)\n", '\n')],
    scenario: 'section 2: a write depends on the read',
  },
]
