import { type KvCommand, put } from '../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../examples/kv/state-machine.ts'
import {
  type Clock,
  createMemoryDisk,
  createMemoryNetwork,
  createMemoryStore,
  createReplica,
  type Replica,
  systemRandom,
} from '../../index.ts'
import { measure } from './support/measure.ts'

const Immediate = setImmediate(() => undefined).constructor as new () => NodeJS.Immediate

/**
 * Commands through replicas in one process: memory for a disk and a network, so what is left is the work of the replicas
 * themselves (codec included). Operations are commands, answered after execution.
 */
const clock: Clock = {
  now: () => performance.now(),
  // What is due now needs no timer of a millisecond.
  setTimeout: (callback, delayMs) => (delayMs <= 0 ? setImmediate(callback) : setTimeout(callback, delayMs)),
  // Each kind by its own function: Node counts wrong otherwise, and immediates are lost.
  clearTimeout: handle => {
    if (handle instanceof Immediate) clearImmediate(handle)
    else clearTimeout(handle as NodeJS.Timeout)
  },
}
const value = 'v'.repeat(64)

async function start(n: number): Promise<readonly Replica<KvCommand, unknown>[]> {
  const members = Array.from({ length: n }, (_, at) => at + 1)
  const network = createMemoryNetwork({ clock })
  const replicas = members.map(id => {
    const bootstrap = { cluster: 'bench', member: id, members, epoch: 1 }
    const store = createMemoryStore({ disk: createMemoryDisk(), clock, random: systemRandom, bootstrap })
    const stateMachine = createKvStateMachine()
    return createReplica<KvCommand, unknown>({
      id,
      members,
      clock,
      stateMachine,
      transport: network.transport(id),
      store,
      defer: setImmediate,
    })
  })
  await Promise.all(replicas.map(replica => replica.start()))
  return replicas
}

for (const n of [1, 3]) {
  const replicas = await start(n)
  for (const inFlight of [1, 64, 1_024]) {
    const commands = Array.from({ length: inFlight }, (_, at) => put(`key:${at}`, value))
    const rounds = Math.ceil(1_024 / inFlight)
    await measure(`n = ${n}, ${inFlight} in flight at one replica`, rounds * inFlight, async () => {
      for (let round = 0; round < rounds; round++)
        await Promise.all(commands.map(command => replicas[0]!.propose(command)))
    })
  }
  await Promise.all(replicas.map(replica => replica.drain()))
}
