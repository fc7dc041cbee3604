import { type Mutant, patch } from '../mutant.ts'

const installed = 'ledger.installExecuted(head)'

/** What a snapshot of another replica may change here (section 8, catch-up). */
export const snapshots: readonly Mutant[] = [
  {
    rows: ['T6'],
    breaks: 'who installs a snapshot forgets its votes',
    patches: [
      patch(
        'actors/state/installer.ts',
        installed,
        `${installed}
  for (const entry of ledger.entries()) {
    if (entry.record?.phase === 'committed') continue
    entry.record = undefined
    entry.actor = undefined
  }`,
      ),
    ],
    scenario: 'T6: who installs a snapshot keeps its votes',
  },
  {
    rows: ['T6', 'B9'],
    breaks: 'a snapshot carries votes, and who installs it claims them',
    patches: [
      patch(
        'actors/state/offers.ts',
        "if (record?.phase !== 'committed' || record.cmd === undefined || !executed.has(id)) continue\n    if (id.index <= floor[id.rank]!) continue\n",
        "if (record?.cmd === undefined || (record.phase === 'committed' && (!executed.has(id) || id.index <= floor[id.rank]!))) continue\n",
      ),
      patch(
        'actors/state/offers.ts',
        "frame.push({ type: 'commit', id, cmd: record.cmd, dep: record.dep })",
        "frame.push(record.phase === 'committed' ? { type: 'commit', id, cmd: record.cmd, dep: record.dep } : ({ type: 'accept', id, bal: 0, ...record, unhurried: undefined } as never))",
      ),
      patch(
        'actors/state/installer.ts',
        "message.type === 'commit' && message.cmd !== undefined",
        "(message.type === 'commit' || message.type === 'accept') && message.cmd !== undefined",
      ),
      patch(
        'actors/state/installer.ts',
        'checkCommits(commits, donor, membership)',
        "checkCommits(commits.filter(({ type }) => type === 'commit'), donor, membership)",
      ),
      patch(
        'actors/state/installer.ts',
        "stepper.send(entry, { type: 'commit', from: donor, message })",
        `if (message.type === 'commit') stepper.send(entry, { type: 'commit', from: donor, message })
      else if (entry.record === undefined) ledger.write(entry, { ...(message as any), phase: 'preAccepted', abal: 0, initDep: (message as any).dep })`,
      ),
    ],
    scenario: 'T6 (B9):',
  },
  {
    rows: ['T6', 'B27'],
    breaks: 'what a snapshot has executed is voted for as if it were new',
    patches: [
      patch(
        'actors/instances/admission.ts',
        'if (ledger.isGone(id)) {',
        'if (ledger.isTruncated(id.rank, id.index)) {',
      ),
    ],
    scenario: 'T6: what is executed in an installed snapshot',
  },
  {
    rows: ['T6'],
    breaks: 'old votes are answered for what a snapshot has executed',
    patches: [
      patch(
        'actors/records/ledger.ts',
        "if (entry?.record?.phase === 'committed') return false\n",
        'if (entry?.record !== undefined) return false\n',
      ),
    ],
    scenario: 'T6: an old vote says nothing',
  },
  {
    rows: ['T6'],
    breaks: "the donor's indices replace those of the receiver",
    patches: [
      patch(
        'actors/state/installer.ts',
        'ledger.index.countBeside(index)',
        'ledger.index.evicting(membership.members.map(() => Number.POSITIVE_INFINITY)).next(1_000)\n    ledger.index.countBeside(index)',
      ),
      patch(
        'actors/state/installer.ts',
        'const { ledger, execution, instances, progress, outbox, retirement } = this.#ports',
        'const { membership, ledger, execution, instances, progress, outbox, retirement } = this.#ports',
      ),
    ],
    scenario: 'T6: the indices are merged',
  },
  {
    rows: ['T6'],
    breaks: 'the receiver does not take over the indices',
    patches: [patch('actors/state/installer.ts', 'ledger.index.countBeside(index)\n', '')],
    scenario: 'T6: of C it learns',
  },
  {
    rows: ['T6'],
    breaks: 'a donor that has no record, since it came with a snapshot, does not say so',
    patches: [patch('actors/state/catch-up.ts', 'if (ledger.isGone({ rank, index })) floor[rank] = index\n', '')],
    scenario: 'T6: who has it with a snapshot',
  },
  {
    rows: ['T7'],
    breaks: 'what a snapshot lacks is not executed again',
    patches: [
      patch(
        'actors/state/installer.ts',
        'replaying(ledger, execution, entry => outbox.isDurable(entry) || !instances.hasCommittedFast(entry))',
        'replaying(ledger, execution, entry => outbox.isDurable(entry) && instances.hasCommittedFast(entry))',
      ),
    ],
    scenario: 'T7: what the snapshot lacks',
  },
  {
    rows: ['8.12'],
    breaks: 'a query is answered before what a snapshot lacks is executed again',
    patches: [patch('actors/proposing/reception.ts', 'if (state.isBehindItself)', 'if (state.isReplaced)')],
    scenario: 'rule 8.12: no query',
  },
  {
    rows: ['B24', 'T7'],
    breaks: 'a snapshot of others executes a fast commit that is not durable yet',
    patches: [
      patch(
        'actors/state/installer.ts',
        'replaying(ledger, execution, entry => outbox.isDurable(entry) || !instances.hasCommittedFast(entry))',
        'replaying(ledger, execution)',
      ),
    ],
    scenario: 'B24: a snapshot of others',
  },
  {
    rows: ['T9'],
    breaks: 'what goes with the flush that is under way still counts as there',
    patches: [patch('actors/state/checkpoints.ts', 'ledger.letGo(run.floor)\n', '')],
    scenario: 'T9:',
  },
  {
    rows: ['T7'],
    breaks: 'a snapshot that lacks what is gone here is installed',
    patches: [
      patch(
        'actors/state/installer.ts',
        'ledger.isTruncated(rank, index)) && !executed.has(id))',
        'ledger.isTruncated(rank, index)) && executed.has(id))',
      ),
    ],
    scenario: 'T7: a snapshot that lacks',
  },
  {
    rows: ['T6', 'T8'],
    breaks: 'a snapshot comes without the records that it stands on',
    patches: [patch('actors/state/installer.ts', 'of commits) {', 'of commits.slice(0, 0)) {')],
    scenario: 'T6: with a snapshot come the records',
  },
  {
    rows: ['T7'],
    breaks: 'own commands that a snapshot has executed stay in flight',
    patches: [patch('actors/state/installer.ts', 'this.#ownCommitted(rank, index)\n', '')],
    scenario: 'T7: own commands',
  },
]
