import { expect } from 'chai'
import { createActor } from 'xstate'
import { type ConnectionEvent, connectionMachine } from '../../../machines/connection/machine.ts'

const taken = (count = 1): ConnectionEvent => ({ type: 'taken', count })
const answered: ConnectionEvent = { type: 'answered', count: 1 }
const drain: ConnectionEvent = { type: 'drain' }
const closed: ConnectionEvent = { type: 'closed' }

/** The state that a history leaves, the requests under way, and whether more are taken; three may be. */
function play(...history: readonly ConnectionEvent[]): string {
  const actor = createActor(connectionMachine, { input: { inFlightMax: 3 } }).start()
  for (const event of history) actor.send(event)
  const snapshot = actor.getSnapshot()
  return `${snapshot.value} ${snapshot.context.inFlight}${snapshot.hasTag('takes') ? ', takes' : ''}`
}

describe('connection chart', () => {
  const histories: readonly (readonly [string, readonly ConnectionEvent[], string])[] = [
    ['takes requests', [], 'serving 0, takes'],
    ['counts what is under way', [taken(), taken(), answered], 'serving 1, takes'],
    ['is saturated at its limit', [taken(), taken(), taken()], 'saturated 3'],
    ['is saturated by many at once', [taken(3)], 'saturated 3'],
    ['takes again once one is answered', [taken(3), answered], 'serving 2, takes'],
    ['fills up again', [taken(3), answered, taken()], 'saturated 3'],
    ['stays saturated while more than the limit is under way', [taken(5), answered], 'saturated 4'],
    ['drains: takes nothing new while something is under way', [taken(2), drain], 'draining 2'],
    ['drains from saturation, too', [taken(3), drain, answered], 'draining 2'],
    ['is drained when all is answered', [taken(2), drain, answered, answered], 'drained 0'],
    ['is drained at once when nothing is under way', [drain], 'drained 0'],
    ['is closed whatever is under way', [taken(3), closed], 'closed 3'],
    ['is closed while it drains', [taken(1), drain, closed], 'closed 1'],
  ]
  for (const [name, history, expected] of histories) it(name, () => expect(play(...history)).to.equal(expected))
})
