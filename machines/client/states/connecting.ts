import { client } from '../setup.ts'

/**
 * Connections are being opened: to the next endpoint, and beside it, when it takes longer than a head start, to the one
 * after it. The first that opens is taken. The connector bounds the time of each.
 */
export const connecting = client.createStateConfig({
  meta: { rule: 'endpoints in their order, the next one beside those that take long' },
  entry: ['takeNextEndpoint', 'connect'],
  after: { headStart: { guard: 'someUntried', target: 'connecting', reenter: true } },
  on: {
    opened: { actions: ['take', 'choose'], target: 'ready' },
    failed: [
      { guard: 'someUntried', actions: 'countFailure', target: 'connecting', reenter: true },
      { guard: 'othersAreDialled', actions: 'countFailure' },
      { actions: 'countFailure', target: 'pausing' },
    ],
  },
})
