import { client } from '../setup.ts'

/** A connection to the current endpoint is being opened; the connector bounds the time. */
export const connecting = client.createStateConfig({
  meta: { rule: 'endpoints in the order given, each in its turn' },
  entry: ['countTry', 'connect'],
  on: {
    opened: 'ready',
    ended: 'leaving',
  },
})
