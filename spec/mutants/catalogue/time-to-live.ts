import { type Mutant, patch } from '../mutant.ts'

const seedsOnly = 'the replicas of scenarios write a log, of which nothing ends'

/** Keys that end by themselves: clocks say when that is proposed, and nothing else. */
export const timeToLive: readonly Mutant[] = [
  {
    rows: ['TTL'],
    breaks: 'an expire takes what is there, and not only the version that it names',
    patches: [
      patch(
        'examples/kv/state-machine.ts',
        'if (deadlines.get(key) !== deadlineMs) return no',
        'if (!state.has(key)) return no',
      ),
    ],
    seedsOnly,
  },
  {
    rows: ['TTL'],
    breaks: 'a deadline is not in the snapshot',
    patches: [
      patch(
        'examples/kv/state-machine.ts',
        'snapshot: () => encodeEntries(state, key => deadlines.get(key))',
        'snapshot: () => encodeEntries(state, () => undefined)',
      ),
    ],
    seedsOnly,
  },
]
