import { expect } from 'chai'
import { createActor } from 'xstate'
import { type LinkEvent, linkMachine } from '../../../machines/link/machine.ts'

const able: LinkEvent = { type: 'heartbeat', able: true }
const unable: LinkEvent = { type: 'heartbeat', able: false }
const mute: LinkEvent = { type: 'heartbeat', able: false, mute: true }
const silent: LinkEvent = { type: 'silent' }
const refused: LinkEvent = { type: 'refused' }

/** The state that a history leaves, and whether the peer counts as live in it. */
function play(...history: readonly LinkEvent[]): string {
  const actor = createActor(linkMachine).start()
  for (const event of history) actor.send(event)
  const snapshot = actor.getSnapshot()
  return `${snapshot.value}${snapshot.hasTag('live') ? ', live' : ''}`
}

describe('link chart', () => {
  const histories: readonly (readonly [string, readonly LinkEvent[], string])[] = [
    ['gives the benefit of the doubt at first', [], 'unheard, live'],
    ['is live once it is heard of, able', [able], 'live, live'],
    ['L4: is not live when it could not do what it would be asked for', [unable], 'unable'],
    ['becomes able', [unable, able], 'live, live'],
    ['becomes unable', [able, unable], 'unable'],
    ['is suspected when it is silent', [able, silent], 'suspected'],
    ['is suspected when it was never heard of', [silent], 'suspected'],
    ['is suspected at once when nobody listens at its address', [able, refused], 'suspected'],
    ['stays suspected', [able, silent, refused, silent], 'suspected'],
    ['returns', [able, silent, able], 'live, live'],
    ['returns, but unable', [able, silent, unable], 'unable'],
    ['Mute: is neither live nor suspected when no vote of it leaves', [able, mute], 'mute'],
    ['is mute, whatever else it says', [{ type: 'heartbeat', able: true, mute: true }], 'mute'],
    ['is mute no more', [mute, able], 'live, live'],
    ['is mute no more, but unable', [mute, unable], 'unable'],
    ['is suspected, too, while it is mute', [mute, silent], 'suspected'],
    ['is suspected, too, while it is unable', [unable, silent], 'suspected'],
  ]
  for (const [name, history, expected] of histories) it(name, () => expect(play(...history)).to.equal(expected))
})
