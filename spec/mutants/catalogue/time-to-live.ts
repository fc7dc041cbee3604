import { type Mutant, patch } from '../mutant.ts'

const seedsOnly = 'the replicas of scenarios write a log, of which nothing ends'

/** Keys that end by themselves: clocks say when that is proposed, and nothing else. */
export const timeToLive: readonly Mutant[] = [
  {
    rows: ['C1'],
    breaks: 'a deadline has passed when the own clock has passed it',
    patches: [
      patch('actors/records/cluster-clock.ts', 'return clusterClock(this.#claims, quorums)', 'return wallClock()'),
    ],
    scenario: 'C1:',
  },
  {
    rows: ['C2'],
    breaks: 'a deadline is made by the own clock',
    patches: [
      patch(
        'actors/records/cluster-clock.ts',
        'return found && Math.max(found, this.passed()!)',
        'return found && wallClock()',
      ),
    ],
    scenario: 'C2:',
  },
  {
    rows: ['C3'],
    breaks: 'the largest reading of a member counts, not the latest',
    patches: [
      patch(
        'actors/records/cluster-clock.ts',
        'this.#claims[from] = reading ?? noReading',
        'this.#claims[from] = Math.max(this.#claims[from]!, reading ?? noReading)',
      ),
    ],
    scenario: 'C3:',
  },
  {
    rows: ['10.2'],
    breaks: 'the cluster clock is what f clocks have reached, not n-f',
    patches: [
      patch(
        'machines/protocol/cluster-clock.ts',
        'if (reached >= slow) latest = reading',
        'if (reached >= readings.length - slow) latest = reading',
      ),
    ],
    scenario: 'C1:',
  },
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
    breaks: 'deadlines are no part of the state',
    patches: [
      patch(
        'examples/kv/store.ts',
        "new Deadlines(this.tables.text('deadlines', { ordered: true }))",
        "new Deadlines(createTables().text('deadlines', { ordered: true }))",
      ),
    ],
    seedsOnly,
  },
]
