import { client } from '../setup.ts'

/** The user closed the client. */
export const closed = client.createStateConfig({
  meta: { rule: 'sent and not answered: unknown' },
  type: 'final',
  entry: 'settleAll',
})
