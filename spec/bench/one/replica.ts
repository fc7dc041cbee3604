/**
 * One replica of the key-value store that notes its moments. Arguments: id, endpoints, directory. Says `ready` when it votes;
 * answers each message with its marks since the last one, and ends with its parent.
 */
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { createNode } from '../../../index.ts'
import { Marks } from './marks.ts'

const [id, members, data] = process.argv.slice(2) as [string, string, string]
const marks = new Marks()
process.on('message', () => process.send!(marks.take()))
process.on('disconnect', () => process.exit())
await createNode({
  id: Number(id),
  members: new Map(members.split(',').map((endpoint, at) => [at + 1, endpoint])),
  data,
  bootstrap: true,
  stateMachine: createKvStateMachine(),
  tap: marks.tap,
})
process.send!('ready')
