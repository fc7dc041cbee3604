// What a game server does: `tsx examples/leaderboard/client.ts score anna 30`, or `top 10`, or `top 10 --stale`.
import { parseArgs } from 'node:util'
import { createClient, harmless } from '../../index.ts' // elsewhere: from 'epaxos'
import type { LeaderboardCommand, Row } from './state-machine.ts'

const { values, positionals } = parseArgs({
  options: { endpoints: { type: 'string' }, stale: { type: 'boolean' } },
  allowPositionals: true,
})
const endpoints = values.endpoints ?? 'ws://127.0.0.1:7101,ws://127.0.0.1:7102,ws://127.0.0.1:7103'
const client = createClient({ endpoints: endpoints.split(',') })
const [op, ...rest] = positionals
const command: LeaderboardCommand =
  op === 'score'
    ? { op: 'score', player: rest[0] ?? '', points: Number(rest[1]) }
    : { op: 'top', count: Number(rest[0] ?? 10) }
try {
  // `ask` goes on through other replicas when one fails, and is executed once. `look` asks one replica what it knows now:
  // at once and without the others, and so perhaps not the latest scores.
  const answer = await (values.stale ? client.look(command) : client.ask(command))
  if (Array.isArray(answer))
    for (const [player, points] of answer as readonly Row[]) console.log(`${points} ${harmless(player)}`)
  else console.log(answer)
} finally {
  client.close()
}
