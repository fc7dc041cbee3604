import { expect } from 'chai'
import { Outbox } from '../../../actors/records/outbox.ts'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

describe('a replica that fails while it begins to vote', () => {
  const { speak } = Outbox.prototype
  afterEach(() => {
    Outbox.prototype.speak = speak
  })

  it('is failed, says why, and can be stopped', async () => {
    const { replicas, cut, pass, restart } = await memoryCluster<KvCommand, KvResult>({
      stateMachine: () => createKvStateMachine(),
    })
    // An own instance that is not committed is taken up again at the start.
    cut(1)
    replicas[0]!.propose(put('a', 'b')).catch(() => undefined)
    await pass(300)
    Outbox.prototype.speak = function (say) {
      if (say.message.id.rank === 0) throw new Error('a broken invariant')
      speak.call(this, say)
    }
    // It never votes, which is what this waits for.
    await restart(1, 'stop').catch(() => undefined)
    expect(replicas[0]!.state).to.equal('failed')
    expect(replicas[0]!.status()).to.include({ error: 'a broken invariant', gate: 'notVoting' })
    await replicas[0]!.stop()
  })
})
