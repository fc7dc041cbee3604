/** One rule broken by a small change of the sources. */
export interface Mutant {
  /** The row of the catalogue, or a name of our own. */
  readonly row: string
  readonly breaks: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Each must be caught by the seeded worlds; nothing of this is ever part of the product. */
export const mutants: readonly Mutant[] = [
  {
    row: 'B3',
    breaks: 'a message leaves before what it reveals is durable',
    file: 'actors/outbox.ts',
    find: 'this.#waiting.push({ ...each, needs: this.#written })',
    replace: 'this.#waiting.push({ ...each, needs: 0 })',
  },
  {
    row: 'B7',
    breaks: 'the next ballot is x + n',
    file: 'machines/protocol/ballots.ts',
    find: '(Math.floor(above / n) + 1) * n + rank',
    replace: 'above + n',
  },
  {
    row: 'B10',
    breaks: 'rule 4.3.3 is missing',
    file: 'machines/protocol/recovery.ts',
    find: "if (quorum.includes(id.rank)) return acceptNop('4.3.3', quorums.n)",
    replace: '',
  },
  {
    row: 'B18',
    breaks: 'the conflict index is lost at restart',
    file: 'actors/ledger.ts',
    find: 'if (before === undefined || payloadOf(before) === undefined) {',
    replace: 'if (entry.actor !== undefined && (before === undefined || payloadOf(before) === undefined)) {',
  },
  {
    row: 'quorum',
    breaks: 'the fast quorum is one too small',
    file: 'machines/protocol/fast-path.ts',
    find: 'if (equal >= quorums.fast)',
    replace: 'if (equal >= quorums.fast - 1)',
  },
  {
    row: 'slow quorum',
    breaks: 'the slow quorum is one too small',
    file: 'machines/instance/guards.ts',
    find: 'bitCount(acceptOks) >= context.quorums.slow',
    replace: 'bitCount(acceptOks) >= context.quorums.slow - 1',
  },
  {
    row: 'conflict',
    breaks: 'a read depends on nothing',
    file: 'machines/protocol/conflict-index.ts',
    find: 'if (row !== undefined) raise(deps, row.writes)',
    replace: '',
  },
  {
    row: 'tie-break',
    breaks: 'the order inside a component is not global',
    file: 'machines/protocol/instance-id.ts',
    find: 'a.rank - b.rank || a.index - b.index',
    replace: '0',
  },
  {
    row: 'B20',
    breaks: 'an own index that others have heard of is proposed again',
    file: 'actors/proposer.ts',
    find: 'const index = ledger.known[self]! + 1',
    replace: 'const index = ledger.committedPrefix[self]! + this.#own.size + 1',
  },
  {
    row: '4.7',
    breaks: 'a command whose instance became Nop is not proposed again',
    file: 'actors/execution.ts',
    find: 'if (proposals !== undefined) this.#ports.resubmit(proposals)',
    replace: '',
  },
]
