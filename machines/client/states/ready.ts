import { client } from '../setup.ts'

/** The current replica takes requests. Tries are forgotten only when it answers one: a welcome alone proves little. */
export const ready = client.createStateConfig({
  meta: { rule: 'what is in flight is sent again elsewhere, if its session makes that safe' },
  entry: 'sendWaiting',
  on: {
    served: { actions: ['forgetTries', 'remember'] },
    ended: 'leaving',
    turnedAway: { actions: 'giveUpConnection', target: 'leaving' },
    silent: { actions: 'giveUpConnection', target: 'leaving' },
  },
})
