/**
 * One node of the key-value store, in a process of its own, whose time of day its parent sets: each message is how far
 * it is off, in ms. Arguments: id, endpoints, directory. Sends `ready` when it votes, and `set` for each message.
 */
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createNode } from '../../../index.ts'

const [id, endpoints, data] = process.argv.slice(2) as [string, string, string]
let wrongByMs = 0
process.on('message', (byMs: number) => {
  wrongByMs = byMs
  process.send!('set')
})
process.on('disconnect', () => process.exit())
await createNode({
  id: Number(id),
  members: new Map(endpoints.split(',').map((endpoint, at) => [at + 1, endpoint])),
  data,
  bootstrap: true,
  stateMachine: createKvStateMachine(),
  wallClock: () => Date.now() + wrongByMs,
})
process.send!('ready')
