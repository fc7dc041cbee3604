import { type Mutant, patch } from '../mutant.ts'

const seedsOnly = 'the replicas of scenarios write a log, of which nothing ends'

/** Keys that end by themselves: clocks say when that is proposed, and nothing else. */
export const timeToLive: readonly Mutant[] = [
  {
    rows: ['TTL'],
    breaks: 'an expire takes what is there, and not only the version that it names',
    patches: [
      patch(
        'examples/kv/operations.ts',
        'if (store.deadlineOf(key) !== deadlineMs) return no',
        'if (!store.has(key)) return no',
      ),
    ],
    seedsOnly,
  },
  {
    rows: ['TTL'],
    breaks: 'a deadline is not in the snapshot',
    patches: [
      patch(
        'examples/kv/store.ts',
        'return encodeEntries(this.#values, key => this.#deadlines.get(key))',
        'return encodeEntries(this.#values, () => undefined)',
      ),
    ],
    seedsOnly,
  },
]
