import { commandEvents, messageEvents } from '../events.ts'
import { instance } from '../setup.ts'

/**
 * The instance is executed here, durably, and its actor ends. A message that still asks is answered from the record,
 * by a new actor.
 *
 * Rule [5](../../protocol/README.md#section-5).
 */
export const executed = instance.createStateConfig({
  meta: {
    rule: '5',
    source: 'SOSP13 section 4.3.2',
    ignores: Object.fromEntries([...messageEvents, ...commandEvents].map(event => [event, 'the actor has ended'])),
  },
  type: 'final',
})
