import { type Mutant, patch } from '../mutant.ts'

const file = 'actors/state/eviction.ts'

/** Which entries of the conflict index may go, and when (section 8, level 2). */
export const eviction: readonly Mutant[] = [
  {
    rows: ['B12', 'G'],
    breaks: 'index entries are dropped by one replica alone',
    patches: [
      patch(
        file,
        '    if (!others.every(executed => executed !== undefined)) return\n',
        `    ledger.evicting(progress.executed).next(1_000)
    if (!others.every(executed => executed !== undefined)) return
`,
      ),
      patch(
        file,
        'const { links, progress } = this.#ports\n    const others',
        'const { links, progress, ledger } = this.#ports\n    const others',
      ),
    ],
    scenario: 'G (B12): entries stay',
  },
  {
    rows: ['B12', 'G'],
    breaks: 'index entries are dropped, and D0 is not raised as promised',
    patches: [
      patch(
        'actors/proposing/proposer.ts',
        'greatest(ledger.conflicting(id, cmd), this.#ports.raised())',
        'greatest(ledger.conflicting(id, cmd), [])',
      ),
    ],
    scenario: 'G (B12), with the promise of D0: entries',
  },
  {
    rows: ['B12', 'G'],
    breaks: 'the promise of D0 that was told is lost at a restart',
    patches: [
      patch(
        file,
        '  restore(promise: RaisedFloor): void {',
        '  restore(promise: RaisedFloor): void {\n    if (promise.from > 0) return',
      ),
    ],
    scenario: 'G (B12), with the promise of D0 after a restart',
  },
  {
    rows: ['8', 'B12'],
    breaks: 'the promise of the journal is not taken over at a restart',
    patches: [patch(file, 'if (raised !== undefined) this.restore(raised)', 'if (raised === undefined) return')],
    scenario: 'a promise is durable by itself',
  },
  {
    rows: ['8', 'B12'],
    breaks: 'a promise of D0 is told before it is durable',
    patches: [patch(file, '    this.#isWriting = true\n', '    this.#isWriting = true\n    this.#promised = raised\n')],
    scenario: 'a promise is told once it is durable',
  },
  {
    rows: ['8', 'B12'],
    breaks: 'entries go by a promise before all that came before it is executed by all',
    patches: [patch('machines/protocol/raised-floors.ts', 'upTo >= next.from - 1;', 'upTo >= 0;')],
    scenario: 'nothing goes before all that came before a promise',
  },
  {
    rows: ['8', 'B12'],
    breaks: 'a promise holds for what was proposed before it',
    patches: [patch(file, 'from: ledger.knownOf(self) + 1 }', 'from: 1 }')],
    scenario: 'nothing goes before all that came before a promise',
  },
  {
    rows: ['8', 'B12'],
    breaks: 'a promise is waited for anew whenever another follows it: under load none is ever in force',
    patches: [
      patch(
        'machines/protocol/raised-floors.ts',
        'if (next === undefined || promise.from <= next.from) this.#next[rank] = promise',
        'if (next === undefined || promise.from !== next.from) this.#next[rank] = promise',
      ),
    ],
    scenario: 'under load: a promise comes into force',
  },
]
