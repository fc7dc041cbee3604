import { expect } from 'chai'
import { readsShare } from '../../../actors/execution/execution-share.ts'
import { get, put } from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

const valueBytes = 100_000
const reads = 40

/** A value is put, and read many times at once; `most` is the number of reads that were answered in one turn. */
async function readManyTimes(n: number): Promise<{ answered: number; most: number }> {
  let inTurn = 0
  let most = 0
  const stateMachine = () => {
    const kv = createKvStateMachine()
    const { apply } = kv
    return Object.assign(kv, {
      apply(command: Parameters<typeof apply>[0]) {
        if (command[0] === get('k')[0]) most = Math.max(most, ++inTurn)
        return apply.call(kv, command)
      },
    })
  }
  const around = (run: () => void) => {
    inTurn = 0
    run()
  }
  const { execute, replicas, until } = await memoryCluster({ n, stateMachine, around })
  await execute(1, put('k', 'v'.repeat(valueBytes)))
  let answered = 0
  for (let count = 0; count < reads; count++) replicas[0]!.propose(get('k')).then(() => answered++)
  await until('all are answered', () => answered === reads)
  return { answered, most }
}

describe('reads by quorum', () => {
  it('of large values are answered a share of them a turn, so that others have turns in between', async () => {
    const { most } = await readManyTimes(3)
    expect(most).to.be.within(1, Math.ceil(readsShare.bytes / valueBytes))
  })

  it('are all answered, some turns later, also where no other replica is asked', async () => {
    expect((await readManyTimes(1)).answered).to.equal(reads)
  })
})
