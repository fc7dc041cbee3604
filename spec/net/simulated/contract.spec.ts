import { defaultLimits } from '../../../actors/shared/limits.ts'
import type { ReplicaId } from '../../../machines/protocol/membership.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork } from '../../../net/simulated/memory-network.ts'
import { systemClock } from '../../../net/system-clock.ts'
import type { Transport } from '../../../net/transport.ts'
import { transportContract } from '../../contracts/transport.ts'

for (const [name, options] of [
  ['memory', {}],
  ['memory with a codec', { codec: createCodec(defaultLimits) }],
] as const)
  transportContract(name, async () => {
    const network = createMemoryNetwork({ clock: systemClock, ...options })
    const transports = new Map<ReplicaId, Transport>()
    const kill = (id: ReplicaId): Promise<void> => new Promise(resolve => transports.get(id)!.stop(resolve))
    return {
      async transport(id) {
        const transport = network.transport(id)
        transports.set(id, transport)
        return transport
      },
      kill,
      async close() {
        for (const id of transports.keys()) await kill(id)
      },
    }
  })
