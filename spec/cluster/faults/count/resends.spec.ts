import { expect } from 'chai'
import type { ServerConnectionEvents } from '../../../../net/clients.ts'
import { executeOne } from '../../../support/session-messages.ts'
import { countingResends } from './resends.ts'

describe('counted resends', () => {
  it('are of the same command, and are elsewhere when another replica gets them', () => {
    const counts = { all: 0, elsewhere: 0 }
    const passed: string[] = []
    const events: ServerConnectionEvents = { open: () => {}, answers: () => {}, ended: () => {} }
    const connector = countingResends(
      {
        connect: endpoint => ({
          send: requests => passed.push(...requests.map(({ type }) => `${type} ${endpoint}`)),
          close: () => passed.push(`close ${endpoint}`),
        }),
      },
      counts,
    )
    const [a, b] = [connector.connect('a', events), connector.connect('b', events)]
    const command = (session: string, sequence: number) =>
      [executeOne({ request: 1, payload: new Uint8Array(), session, sequence, floor: 0 })] as const
    a.send([{ type: 'openSession', request: 1 }, ...command('s', 1)])
    a.send(command('s', 2))
    expect(counts).to.eql({ all: 0, elsewhere: 0 })
    b.send(command('s', 2))
    b.send([{ type: 'status', request: 2 }])
    b.send(command('s', 2))
    expect(counts).to.eql({ all: 2, elsewhere: 1 })
    b.send(command('t', 2))
    b.close()
    expect(counts).to.eql({ all: 2, elsewhere: 1 })
    expect(passed).to.eql([
      ...['openSession a', 'execute a', 'execute a', 'execute b', 'status b', 'execute b', 'execute b', 'close b'],
    ])
  })
})
