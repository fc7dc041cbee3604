import { client } from './setup.ts'
import { closed } from './states/closed.ts'
import { connecting } from './states/connecting.ts'
import { leaving } from './states/leaving.ts'
import { pausing } from './states/pausing.ts'
import { ready } from './states/ready.ts'

/**
 * A client's way to its cluster: one current connection at a time, the endpoints in turn and side by side, a
 * pause after a round in vain. A pure chart: connecting, sending and settling are effects that actors/client provides.
 */
export const clientMachine = client.createMachine({
  id: 'client',
  context: ({ input }) => ({
    endpoints: input.endpoints,
    at: 0,
    order: [...Array(input.endpoints).keys()],
    dialled: 0,
    tried: 0,
    pauses: 0,
  }),
  initial: 'connecting',
  on: { close: '.closed' },
  states: { connecting, ready, leaving, pausing, closed },
})
