import { type Mutant, patch } from '../mutant.ts'

/** A component is executed member by member, each some time after the one before. */
const stepByStep = patch(
  'actors/replica/replica.ts',
  'if (execution.hasMore || reads.hasMore || retirement.hasDue) timers.set(0, () => undefined)',
  'if (execution.hasMore || reads.hasMore || retirement.hasDue) timers.set(30, () => undefined)',
)

const oneMember = patch(
  'actors/execution/execution.ts',
  `run(share?: ExecutionShare): readonly (readonly Proposal[])[] {
    this.#hasMore = false
    if (this.#isHeld) return this.takeResubmitted()
    while (!this.#hasMore) {
      this.#hasMore = share?.isUsedUp === true
      const [component] = this.#hasMore ? [] : this.#graph.takeReady(1)
      if (component === undefined) break
      for (const each of component) this.#execute(each, share)
      this.#ports.tap?.executed?.(component.map(each => each.id))
    }`,
  `readonly #left: Executable[] = []
  run(share?: ExecutionShare): readonly (readonly Proposal[])[] {
    this.#hasMore = false
    if (this.#isHeld) return this.takeResubmitted()
    for (const component of this.#graph.takeReady()) this.#left.push(...component)
    const each = this.#left.shift()
    if (each !== undefined) {
      this.#execute(each, share)
      this.#ports.tap?.executed?.([each.id])
    }
    this.#hasMore = each !== undefined`,
)

/** What is executed, when, in which order, and who is answered (section 5). */
export const execution: readonly Mutant[] = [
  {
    rows: ['B4'],
    breaks: 'a committed replica votes again',
    patches: [
      patch(
        'machines/instance/states/committed.ts',
        'import { commit, recoverOk }',
        'import { acceptOk, commit, recoverOk }',
      ),
      patch(
        'machines/instance/states/committed.ts',
        "accept: { actions: { type: 'reply', params: commit } }",
        "accept: { actions: ['voteAccept', 'writeRecord', { type: 'reply', params: acceptOk }] }",
      ),
    ],
    scenario: 'B4:',
  },
  {
    rows: ['B4'],
    breaks: 'a fast commit is executed before it is durable',
    patches: [
      patch(
        'actors/instances/commits.ts',
        'outbox.whenDurable(() => {\n        this.#tellPeers(id, cmd, dep, path)\n        if (this.#volatile.delete(key)) execution.committed(id, cmd, dep)\n      })',
        'execution.committed(id, cmd, dep)\n      outbox.whenDurable(() => this.#tellPeers(id, cmd, dep, path))',
      ),
    ],
    scenario: 'D7:',
  },
  {
    rows: ['B5'],
    breaks: 'the executor looks at nothing else while one component waits',
    patches: [
      patch(
        'machines/execution/incremental-graph.ts',
        'while (instances < instancesMax && this.#runnable.size > 0)',
        'while (instances < instancesMax && this.#runnable.size > 0 && this.awaited(1).length === 0)',
      ),
    ],
    scenario: 'B15 (B5):',
  },
  {
    rows: ['B15'],
    breaks: 'clients are answered at commit',
    patches: [
      patch(
        'actors/execution/execution.ts',
        'this.#graph.committed(id, value, dep)',
        `this.#graph.committed(id, value, dep)
    for (const proposal of proposalsOf(this.#proposedPayloads.get(keyOf(id)) ?? [])) proposal.executed({ result: 0 })
    this.#proposedPayloads.delete(keyOf(id))`,
      ),
    ],
    scenario: 'B15 (B5):',
  },
  {
    rows: ['B25', 'X1'],
    breaks: 'a snapshot falls between two members of a component, and says so',
    patches: [
      stepByStep,
      oneMember,
      patch('actors/execution/execution.ts', '...this.#graph.executed.toData(),', '...this.#applied.toData(),'),
      patch(
        'actors/execution/execution.ts',
        '#graph: ExecutionGraph\n',
        '#graph: ExecutionGraph\n  #applied = new ExecutedSet(9)\n',
      ),
      patch(
        'actors/execution/execution.ts',
        'this.#graph = this.#newGraph(new ExecutedSet(ports.membership.quorums.n))',
        'this.#applied = new ExecutedSet(ports.membership.quorums.n)\n    this.#graph = this.#newGraph(this.#applied)',
      ),
      patch(
        'actors/execution/execution.ts',
        'this.#graph = this.#newGraph(ExecutedSet.fromData(image))',
        'this.#applied = ExecutedSet.fromData(image)\n    this.#graph = this.#newGraph(this.#applied)',
      ),
      patch(
        'actors/execution/execution.ts',
        '    const entry = this.#ports.ledger.entry(id)\n',
        '    this.#applied.add(id)\n    const entry = this.#ports.ledger.entry(id)\n',
      ),
    ],
    scenario: 'X1 (B25): no snapshot falls',
  },
  {
    rows: ['B25'],
    breaks: 'a snapshot falls between two members of a component, and counts all as executed',
    patches: [stepByStep, oneMember],
    scenario: 'X1 (B25): no snapshot falls',
  },
  {
    rows: ['executor'],
    breaks: 'the order inside a component is not global',
    patches: [
      patch('machines/protocol/instance-id.ts', 'a.rank - b.rank || a.index - b.index', '0 * (a.rank - b.rank)'),
    ],
    scenario: 'section 5: inside a component',
  },
  {
    rows: ['executor'],
    breaks: 'a dependency that is known and not committed is ignored',
    patches: [
      patch(
        'machines/execution/incremental-graph.ts',
        `target.awaitedBy ??= []
        target.awaitedBy.push(component)
        this.#awaited.add(target)
        return undefined`,
        'walk.pass(target)',
      ),
    ],
    scenario: 'section 5: a dependency that is known',
  },
  {
    rows: ['executor'],
    breaks: 'a dependency of unknown payload is ignored',
    patches: [
      patch(
        'machines/execution/incremental-graph.ts',
        'if (upTo > this.#known.prefix(final.rowsKnown)) {',
        'if (upTo > this.#known.prefix(final.rowsKnown) + this.#n * 100) {',
      ),
    ],
    scenario: 'B15 (B5):',
  },
]
