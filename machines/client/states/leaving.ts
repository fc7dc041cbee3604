import { client } from '../setup.ts'

/** This replica is of no use now: the client goes on to the next one, or to a pause when all were tried. */
export const leaving = client.createStateConfig({
  meta: { rule: 'never sent, or refused: may go to the next endpoint' },
  always: [{ guard: 'allTried', target: 'pausing' }, { target: 'connecting' }],
})
