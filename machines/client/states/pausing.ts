import { client } from '../setup.ts'

/** No endpoint was of use: requests wait, up to their deadlines, for the next round. */
export const pausing = client.createStateConfig({
  meta: { rule: 'reconnect with jittered, growing, capped delays' },
  entry: 'countPause',
  after: { pause: 'connecting' },
})
