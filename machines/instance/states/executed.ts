import { commandEvents, messageEvents } from '../events.ts'
import { instance } from '../setup.ts'

/** Executed here, and durable: the actor ends; the record answers those who still ask, in a new actor. */
export const executed = instance.createStateConfig({
  meta: {
    rule: '5',
    source: 'SOSP13 section 4.3.2',
    ignores: Object.fromEntries([...messageEvents, ...commandEvents].map(event => [event, 'the actor has ended'])),
  },
  type: 'final',
})
