import { client } from '../setup.ts'

/** A connection to the current endpoint is on its way; the connector bounds how long that takes. */
export const connecting = client.createStateConfig({
  meta: { rule: 'endpoints in the order given, each in its turn' },
  entry: ['countTry', 'connect'],
  on: {
    opened: 'ready',
    ended: 'leaving',
  },
})
