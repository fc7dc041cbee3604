import { type Mutant, patch } from '../mutant.ts'

/** Nothing is gone: who has no record is new to it. */
const nothingIsGone = patch(
  'actors/instances/admission.ts',
  'if (ledger.isGone(id)) {',
  "if (ledger.isGone(id) && message.type === 'commit') {",
)

/** What may go, when, and what is answered of it (section 8, truncation). */
export const truncation: readonly Mutant[] = [
  {
    rows: ['B26', 'T1'],
    breaks: 'validate is answered from the dependency index',
    patches: [
      patch(
        'actors/records/ledger.ts',
        'const settled = this.#index.conflictingExecuted(id, cmd.footprint)',
        'const settled = this.#index.conflicting(id, cmd.footprint)',
      ),
    ],
    scenario: 'T1 (B26):',
  },
  {
    rows: ['B26', 'T6'],
    breaks: 'what a snapshot has executed as Nop counts as the command that was voted for here',
    patches: [
      patch(
        'actors/records/ledger.ts',
        "if (entry.record?.phase !== 'committed') return\n",
        'if (entry.record === undefined) return\n',
      ),
    ],
    scenario: 'T6 (B26):',
  },
  {
    rows: ['B27', 'T2'],
    breaks: 'a truncated id is treated as initial',
    patches: [nothingIsGone],
    scenario: 'T2 (B27):',
  },
  {
    rows: ['B27', 'T5'],
    breaks: 'a truncated id is treated as initial: a laggard makes a Nop of it',
    patches: [nothingIsGone],
    scenario: 'T5: a laggard that recovers',
  },
  {
    rows: ['B28', 'T3'],
    breaks: 'records are deleted before the checkpoint that covers them is durable',
    patches: [
      patch(
        'actors/state/checkpoints.ts',
        'ledger.letGo(run.floor)\n',
        'ledger.letGo(run.floor)\n    this.#ports.outbox.writeExtra({ truncate: { epoch: ledger.membership.epoch, upTo: run.floor } })\n    this.#ports.outbox.whenDurable(() => undefined)\n',
      ),
    ],
    scenario: 'T3 (B28): records stay',
  },
  {
    rows: ['B28', 'T3'],
    breaks: 'the index is not rebuilt from the checkpoint',
    patches: [patch('actors/state/index-table.ts', 'index.restore(entry)\n', 'void entry\n')],
    scenario: 'T3 (B28): the index',
  },
  {
    rows: ['B28', 'T3'],
    breaks: 'a checkpoint comes without the index',
    patches: [patch('actors/state/checkpoints.ts', 'putEntries(entries, this.#index.system(indexTable))\n', '')],
    scenario: 'T3 (B28): the index',
  },
  {
    rows: ['T10'],
    breaks: 'a checkpoint is durable before the commits of what it has executed',
    patches: [patch('actors/state/checkpoints.ts', 'else if (isDone && run.isRecorded) {', 'else if (isDone) {')],
    scenario: 'T10:',
  },
  {
    rows: ['B29', 'T4'],
    breaks: 'an executed prefix is told before it is durable',
    patches: [
      patch('actors/replica/heartbeat.ts', 'executed: progress.executed,', 'executed: progress.volatile,'),
      patch(
        'actors/instances/durable-progress.ts',
        '  get known(): Dependencies {',
        '  get volatile(): Dependencies {\n    return this.#ports.execution.prefix\n  }\n\n  get known(): Dependencies {',
      ),
    ],
    scenario: 'T4 (B29):',
  },
  {
    rows: ['T4'],
    breaks: 'records are truncated by one replica alone',
    patches: [
      patch('machines/protocol/truncation.ts', 'return Math.min(mine, atQuorum)', 'return Math.max(mine, atQuorum)'),
    ],
    scenario: 'T4 (B29):',
  },
  {
    rows: ['T8'],
    breaks: 'each replica lets go what a quorum of its own has executed',
    patches: [
      patch(
        'actors/state/truncation.ts',
        'belowLatest(ledger, execution.agreed.within(execution.prefix), limits)',
        'belowLatest(ledger, recordFloor(ledger.membership.quorums, execution.prefix, this.#executedByOthers), limits)',
      ),
    ],
    scenario: 'T8:',
  },
  {
    rows: ['T5'],
    breaks: 'a validate hears nothing of what is truncated',
    patches: [
      patch(
        'actors/records/ledger.ts',
        'const settled = this.#index.conflictingExecuted(id, cmd.footprint)',
        'const settled = d',
      ),
    ],
    scenario: 'T5: a laggard that validates',
  },
  {
    rows: ['T5'],
    breaks: 'a wait for what is truncated never ends',
    patches: [patch('actors/instances/commits.ts', 'if (ledger.isGone(member)) {', 'if (ledger.isGone(entry.id)) {')],
    scenario: 'T5: a wait for what is truncated',
  },
  {
    rows: ['T5'],
    breaks: 'what is truncated invalidates, Nop or not',
    patches: [
      patch(
        'actors/records/ledger.ts',
        "return this.#index.conflictingExecuted(id, cmd.footprint)[rank]! > dep[rank]! ? 'invalidates' : 'settled'",
        "return this.#index.conflicting(id, cmd.footprint)[rank]! >= dep[rank]! ? 'invalidates' : 'settled'",
      ),
    ],
    scenario: 'T5: a wait for what is truncated',
  },
  {
    rows: ['8.13'],
    breaks: 'a checkpoint begins while another replica is in one',
    patches: [
      patch(
        'actors/state/checkpoint-turns.ts',
        'live.some(rank => rank !== self && links.busy(rank))',
        'live.length === 0',
      ),
    ],
    scenario: 'rule 8.13:',
  },
  {
    rows: ['8.13'],
    breaks: 'replicas that want a checkpoint begin it together',
    patches: [patch('actors/state/checkpoint-turns.ts', 'live.indexOf(self) * heartbeatsApart', '0 * heartbeatsApart')],
    scenario: 'rule 8.13:',
  },
  {
    rows: ['8.13'],
    breaks: 'a checkpoint waits for others for ever',
    patches: [
      patch('actors/state/checkpoint-turns.ts', 'nowMs - this.#wantedMs >= limits.checkpointWaitMaxMs', 'nowMs < 0'),
    ],
    scenario: 'rule 8.13:',
  },
]
