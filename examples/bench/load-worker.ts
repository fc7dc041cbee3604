import { connectEpaxos } from './epaxos-target.ts'
import { connectEtcdCluster } from './etcd/target.ts'
import type { LoadAnswer, LoadRequest } from './load-process.ts'
import { runLoad } from './run-load.ts'
import type { Target } from './target.ts'

// The load generator of one target, a process of its own: its processor time is measured apart, and is that of the client
// alone. It ends when its parent does.

const connectTo = ({ address, connections }: LoadRequest): Target =>
  address.kind === 'epaxos'
    ? connectEpaxos(address.endpoints, address.sessions, connections)
    : connectEtcdCluster(address.endpoints, connections)

let target: Target | undefined

async function answer(request: LoadRequest): Promise<LoadAnswer> {
  try {
    target ??= connectTo(request)
    return { result: await runLoad(request.plan, target, request.servers) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', async message => {
  const answered = await answer(message as LoadRequest)
  process.send!(answered)
})
process.once('disconnect', () => process.exit())
