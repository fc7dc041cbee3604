// One replica of the leaderboard: `tsx examples/leaderboard/serve.ts --id 1 --bootstrap`, likewise 2 and 3; later without.
import { parseArgs } from 'node:util'
import { createNode, textOf } from '../../index.ts' // elsewhere: from 'epaxos'
import { createLeaderboard } from './state-machine.ts'

const text = { type: 'string' } as const
const flags = parseArgs({ options: { id: text, members: text, bootstrap: { type: 'boolean' } } }).values
const id = Number(flags.id)
const endpoints = flags.members ?? 'ws://127.0.0.1:7101,ws://127.0.0.1:7102,ws://127.0.0.1:7103'
const node = await createNode({
  id,
  members: new Map(endpoints.split(',').map((endpoint, at) => [at + 1, endpoint])),
  data: `data/${id}`,
  cluster: 'leaderboard',
  bootstrap: flags.bootstrap,
  stateMachine: createLeaderboard(),
  log: event => console.error(textOf(event)),
})
process.once('SIGTERM', () => node.drain())
