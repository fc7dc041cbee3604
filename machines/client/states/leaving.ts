import { client } from '../setup.ts'

/** This replica is no use now: on to the next one, or to a pause when none of them was any. */
export const leaving = client.createStateConfig({
  meta: { rule: 'never sent, or refused: may go to the next endpoint' },
  entry: 'toNextEndpoint',
  always: [{ guard: 'allTried', target: 'pausing' }, { target: 'connecting' }],
})
