import { createInterface } from 'node:readline'
import { createNode } from '../../../actors/node/create-node.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { hangingStores } from '../../actors/support/hanging-stores.ts'

// One replica of the key-value store whose flushes hang when its parent says so: `hang` and `release` on standard input,
// whose end is its end. It says `ready` when it votes.
const [id, members, data] = process.argv.slice(2)
const member = Number(id)
const stores = hangingStores()
await createNode({
  id: member,
  members: JSON.parse(members!),
  data: data!,
  bootstrap: true,
  stateMachine: createKvStateMachine(),
  storeOf: store => stores.storeOf(member, store),
  log: () => undefined,
})
process.stdout.write('ready\n')
createInterface({ input: process.stdin })
  .on('line', line => {
    if (line === 'hang') stores.hang(member)
    if (line === 'release') stores.release(member)
  })
  .on('close', () => process.exit())
