import { type Mutant, patch } from '../mutant.ts'

/** The comparison of states: the last line against what all checks before it have missed. */
export const digests: readonly Mutant[] = [
  {
    rows: ['digests'],
    breaks: 'digests are not compared: a difference stops nobody',
    patches: [patch('actors/execution/comparison.ts', 'return this.#judge(point)', 'return undefined')],
    scenario: 'digests: a replica whose state',
  },
]
