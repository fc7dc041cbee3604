// Sessions of a web service, replicated: `tsx examples/sessions/main.ts --id 1 --bootstrap`, likewise 2 and 3; later without.
// `curl -X PUT -d 'cart: 3 apples' 'http://127.0.0.1:8001/sessions/4711?ttl=60'`, then GET or DELETE it at any of the three.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { createGuardedServer, createNode, type ReplicaError } from '../../index.ts' // elsewhere: from 'epaxos'
import { createSessions, type SessionCommand } from './state-machine.ts'

const value = { type: 'string' } as const
const flags = parseArgs({ options: { id: value, members: value, http: value, bootstrap: { type: 'boolean' } } }).values
const id = Number(flags.id)
const endpoints = flags.members ?? 'ws://127.0.0.1:7101,ws://127.0.0.1:7102,ws://127.0.0.1:7103'
const members = new Map(endpoints.split(',').map((endpoint, at) => [at + 1, endpoint]))
const node = await createNode({
  id,
  members,
  data: `data/${id}`,
  cluster: 'sessions',
  bootstrap: flags.bootstrap,
  stateMachine: createSessions(),
  // A session is small: whoever sends a whole film is refused.
  limits: { payloadBytesMax: 64 * 1024 },
})

/** @throws TypeError, URIError where a request asks for nothing that there is */
async function commandOf(request: IncomingMessage): Promise<SessionCommand> {
  const { pathname, searchParams } = new URL(`http://localhost${request.url}`)
  const [, root, name] = pathname.split('/')
  if (root !== 'sessions' || !name) throw new TypeError('a path looks like /sessions/4711')
  const id = decodeURIComponent(name)
  if (request.method === 'GET') return { op: 'get', id }
  if (request.method === 'DELETE') return { op: 'end', id }
  const ttlMs = Math.round(Number(searchParams.get('ttl') ?? 1_800) * 1_000)
  if (request.method === 'PUT') return { op: 'put', id, data: await text(request), ttlMs }
  throw new TypeError('GET, PUT and DELETE are known')
}

/** Codes of what is wrong with a command, wherever it is sent. */
const refusals = new Set(['malformed', 'tooLarge'])

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const answer = (status: number, body: string) => response.writeHead(status).end(`${body}\n`)
  try {
    const command = await commandOf(request)
    const data = await node.propose(command)
    answer(data === null && command.op === 'get' ? 404 : 200, data ?? 'no such session')
  } catch (error) {
    const isWrong =
      error instanceof TypeError || error instanceof URIError || refusals.has((error as ReplicaError).code)
    // `unknown` alone leaves open whether it was executed; to put or end a session again does no harm.
    answer(isWrong ? 400 : 503, String(error))
  }
}
// It lets in no web page: any page may send requests to this machine, and this server cannot tell who wants them.
const server = createGuardedServer({ request: serve }).listen(Number(flags.http ?? 8_000 + id), '127.0.0.1')
process.once('SIGTERM', () => server.close(() => node.drain()))
