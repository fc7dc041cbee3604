// Replicated counters behind HTTP. `tsx examples/embed/main.ts --id 1 --bootstrap`, likewise 2 and 3; later without --bootstrap.
// `curl -X POST 'http://127.0.0.1:8001/apples?by=5'` adds at the first, `curl http://127.0.0.1:8002/apples` reads at the second.
import { parseArgs } from 'node:util'
import { createGuardedServer, createNode, createTables, type ReplicaError, type StateMachine } from '../../index.ts' // elsewhere: from 'epaxos'

const tables = createTables()
const counts = tables.data<number>('counts')
const stateMachine: StateMachine<{ name: string; by: number }, number | null> = {
  tables,
  footprint({ name, by }) {
    if (typeof name !== 'string' || !Number.isSafeInteger(by)) throw new TypeError('expected a name and a whole number')
    return by === 0 ? { reads: [name], writes: [] } : { reads: [], writes: [name] }
  },
  apply({ name, by }) {
    const count = (counts.get(name) ?? 0) + by
    if (!Number.isSafeInteger(count)) return null // An error is a result: an exception stops the replica.
    if (by !== 0) counts.set(name, count)
    return count
  },
}
const text = { type: 'string' } as const
const flags = parseArgs({ options: { id: text, members: text, http: text, bootstrap: { type: 'boolean' } } }).values
const id = Number(flags.id)
const endpoints = flags.members ?? 'ws://127.0.0.1:7101,ws://127.0.0.1:7102,ws://127.0.0.1:7103'
const members = new Map(endpoints.split(',').map((endpoint, at) => [at + 1, endpoint]))
const node = await createNode({ id, members, data: `data/${id}`, bootstrap: flags.bootstrap, stateMachine })
const server = createGuardedServer({
  async request({ method, url }, response) {
    try {
      const { pathname: name, searchParams } = new URL(`http://localhost${url}`)
      const count = await node.propose({ name, by: method === 'POST' ? Number(searchParams.get('by') ?? 1) : 0 })
      response.writeHead(count === null ? 409 : 200).end(`${count ?? 'out of range'}\n`)
    } catch (error) {
      response.writeHead((error as ReplicaError).code === 'malformed' ? 400 : 503).end(`${error}\n`)
    }
  },
}).listen(Number(flags.http ?? 8_000 + id), '127.0.0.1')
process.once('SIGTERM', () => server.close(() => node.drain()))
