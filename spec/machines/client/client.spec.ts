import { expect } from 'chai'
import { createActor } from 'xstate'
import { clientMachine } from '../../../machines/client/client.ts'
import type { ClientEvent } from '../../../machines/client/setup.ts'

/** Plays a history against the chart: the state it leaves, and its effects in order. */
function play(endpoints: number, ...events: readonly (ClientEvent['type'] | 'pauseIsOver')[]): [string, string] {
  const effects: string[] = []
  const timers: (() => void)[] = []
  const note = (name: string) => (): void => {
    effects.push(name)
  }
  const actor = createActor(
    clientMachine.provide({
      actions: {
        connect: ({ context }) => effects.push(`connect ${context.at}`),
        sendWaiting: note('send'),
        giveUpConnection: note('give up'),
        settleAll: note('settle'),
      },
      delays: { pause: ({ context }) => context.pauses },
    }),
    {
      input: { endpoints },
      clock: {
        setTimeout: callback => {
          timers.push(callback)
          effects.push('pause')
          return callback
        },
        clearTimeout: () => {},
      },
    },
  )
  actor.start()
  for (const type of events) {
    if (type === 'pauseIsOver') timers.pop()!()
    else actor.send({ type })
  }
  return [String(actor.getSnapshot().value), effects.join(', ')]
}

describe('client chart', () => {
  const histories: readonly [string, ReturnType<typeof play>, [string, string]][] = [
    ['connects at once', play(3), ['connecting', 'connect 0']],
    ['sends what waits once welcomed', play(3, 'opened'), ['ready', 'connect 0, send']],
    ['goes on to the next', play(3, 'ended'), ['connecting', 'connect 0, connect 1']],
    [
      'pauses when all were in vain',
      play(3, 'ended', 'ended', 'ended'),
      ['pausing', 'connect 0, connect 1, connect 2, pause'],
    ],
    [
      'begins again after the pause',
      play(2, 'ended', 'ended', 'pauseIsOver', 'opened'),
      ['ready', 'connect 0, connect 1, pause, connect 0, send'],
    ],
    [
      'counts a welcome without service as in vain',
      play(2, 'opened', 'turnedAway', 'opened', 'turnedAway'),
      ['pausing', 'connect 0, send, give up, connect 1, send, give up, pause'],
    ],
    [
      'tries all others after service',
      play(2, 'ended', 'opened', 'served', 'ended', 'ended'),
      ['connecting', 'connect 0, connect 1, send, connect 0, connect 1'],
    ],
    ['leaves a silent replica', play(2, 'opened', 'silent'), ['connecting', 'connect 0, send, give up, connect 1']],
    ['pauses with one endpoint, too', play(1, 'opened', 'ended'), ['pausing', 'connect 0, send, pause']],
    ['closes while connecting', play(2, 'close'), ['closed', 'connect 0, settle']],
    ['closes when ready', play(2, 'opened', 'close'), ['closed', 'connect 0, send, settle']],
    ['closes in a pause', play(1, 'ended', 'close'), ['closed', 'connect 0, pause, settle']],
  ]
  for (const [name, found, expected] of histories) {
    it(name, () => expect(found).to.eql(expected))
  }

  it('does not start without its effects', () => {
    const actor = createActor(clientMachine, { input: { endpoints: 1 } })
    const errors: unknown[] = []
    actor.subscribe({ error: error => errors.push(error) })
    actor.start()
    expect(String(errors[0])).to.contain("without its effect 'connect'")
  })
})
