import { expect } from 'chai'
import { createActor } from 'xstate'
import { clientMachine } from '../../../machines/client/client.ts'
import type { ClientEvent } from '../../../machines/client/setup.ts'

/** What happens to a client; the endpoint of `opened` is the one dialled last unless it is named. */
type Happening = ClientEvent['type'] | `opened ${number}` | 'pauseIsOver' | 'headStartIsOver'

const headStartMs = 0.5

/** Plays a history against the chart: the state it leaves, and its effects in order. */
function play(endpoints: number, ...happenings: readonly Happening[]): [string, string] {
  const effects: string[] = []
  const timers = new Map<() => void, number>()
  const note = (name: string) => (): void => {
    effects.push(name)
  }
  const actor = createActor(
    clientMachine.provide({
      actions: {
        connect: ({ context }) => effects.push(`connect ${context.at}`),
        choose: ({ context }) => effects.push(`choose ${context.at}`),
        sendWaiting: note('send'),
        giveUpConnection: note('give up'),
        settleAll: note('settle'),
      },
      delays: { pause: ({ context }) => context.pauses, headStart: headStartMs },
    }),
    {
      input: { endpoints },
      clock: {
        setTimeout: (callback, ms) => {
          timers.set(callback, ms)
          if (ms !== headStartMs) effects.push('pause')
          return callback
        },
        clearTimeout: callback => timers.delete(callback),
      },
    },
  )
  const expire = (isHeadStart: boolean): void => {
    const [callback] = [...timers].find(([, ms]) => (ms === headStartMs) === isHeadStart) ?? []
    if (callback === undefined) throw new Error('there is no such timer')
    timers.delete(callback)
    callback()
  }
  actor.start()
  for (const happening of happenings) {
    const [type, at] = happening.split(' ') as [ClientEvent['type'], string | undefined]
    if (happening === 'pauseIsOver' || happening === 'headStartIsOver') expire(happening === 'headStartIsOver')
    else if (type === 'opened') actor.send({ type, at: Number(at ?? actor.getSnapshot().context.at) })
    else actor.send({ type })
  }
  return [String(actor.getSnapshot().value), effects.join(', ')]
}

describe('client chart', () => {
  const histories: readonly [string, ReturnType<typeof play>, [string, string]][] = [
    ['connects at once', play(3), ['connecting', 'connect 0']],
    ['sends what waits once welcomed', play(3, 'opened'), ['ready', 'connect 0, choose 0, send']],
    ['goes on to the next', play(3, 'failed'), ['connecting', 'connect 0, connect 1']],
    [
      'dials the next beside one that takes long (input 18)',
      play(3, 'headStartIsOver', 'headStartIsOver'),
      ['connecting', 'connect 0, connect 1, connect 2'],
    ],
    [
      'takes the first that opens (input 18)',
      play(3, 'headStartIsOver', 'headStartIsOver', 'opened 1'),
      ['ready', 'connect 0, connect 1, connect 2, choose 1, send'],
    ],
    [
      'waits for those that are dialled when there is no other',
      play(2, 'headStartIsOver', 'failed'),
      ['connecting', 'connect 0, connect 1'],
    ],
    [
      'pauses when all that were dialled side by side have failed',
      play(2, 'headStartIsOver', 'failed', 'failed'),
      ['pausing', 'connect 0, connect 1, pause'],
    ],
    [
      'comes back soon to the one that has answered (input 18)',
      play(4, 'failed', 'failed', 'opened', 'served', 'ended', 'headStartIsOver'),
      ['connecting', 'connect 0, connect 1, connect 2, choose 2, send, connect 3, connect 2'],
    ],
    [
      'pauses when all were in vain',
      play(3, 'failed', 'failed', 'failed'),
      ['pausing', 'connect 0, connect 1, connect 2, pause'],
    ],
    [
      'begins again after the pause',
      play(2, 'failed', 'failed', 'pauseIsOver', 'opened'),
      ['ready', 'connect 0, connect 1, pause, connect 0, choose 0, send'],
    ],
    [
      'counts a welcome without service as in vain',
      play(2, 'opened', 'turnedAway', 'opened', 'turnedAway'),
      ['pausing', 'connect 0, choose 0, send, give up, connect 1, choose 1, send, give up, pause'],
    ],
    [
      'tries all others after service',
      play(2, 'failed', 'opened', 'served', 'ended', 'failed'),
      ['connecting', 'connect 0, connect 1, choose 1, send, connect 0, connect 1'],
    ],
    [
      'leaves a silent replica',
      play(2, 'opened', 'silent'),
      ['connecting', 'connect 0, choose 0, send, give up, connect 1'],
    ],
    ['pauses with one endpoint, too', play(1, 'opened', 'ended'), ['pausing', 'connect 0, choose 0, send, pause']],
    ['closes while connecting', play(2, 'close'), ['closed', 'connect 0, settle']],
    ['closes when ready', play(2, 'opened', 'close'), ['closed', 'connect 0, choose 0, send, settle']],
    ['closes in a pause', play(1, 'failed', 'close'), ['closed', 'connect 0, pause, settle']],
  ]
  for (const [name, found, expected] of histories) {
    it(name, () => expect(found).to.eql(expected))
  }

  it('does not start without its effects', () => {
    const actor = createActor(clientMachine.provide({ delays: { headStart: 1 } }), { input: { endpoints: 1 } })
    const errors: unknown[] = []
    actor.subscribe({ error: error => errors.push(error) })
    actor.start()
    expect(String(errors[0])).to.contain("without its effect 'connect'")
  })
})
