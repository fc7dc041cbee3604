import { expect } from 'chai'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { decodeData, encodeData } from '../../../net/codec/data.ts'
import { memoryCluster } from '../support/memory-cluster.ts'

interface Job {
  runs: number
}
type JobsCommand = readonly ['bump'] | readonly ['fire', Job]

/** One job that counts its runs. When it is due it asks for itself to be fired, as it stands in the state. */
function createJobs(): StateMachine<JobsCommand, null> {
  let job: Job = { runs: 0 }
  let fired = 0
  return {
    footprint: () => ({ reads: [], writes: ['job'] }),
    due: () => (job.runs > 0 ? [['fire', job]] : []),
    apply(command) {
      if (command[0] === 'bump') job.runs++
      else {
        fired += 1 + 10 * command[1].runs
        job = { runs: 0 }
      }
      return null
    },
    snapshot: () => encodeData([job, fired]),
    restore(snapshot) {
      ;[job, fired] = decodeData(snapshot) as [Job, number]
    },
  }
}

describe('commands that are due', () => {
  it('are executed as they were when they were proposed, also where they were: a state machine may ask for a part of its state', async () => {
    const { replicas, pass, execute } = await memoryCluster({
      stateMachine: createJobs,
      limits: { heartbeatIntervalMs: 10, digestIntervalMs: 0 },
    })
    for (let at = 0; at < 300; at++) {
      replicas[0]!.propose(['bump']).catch(() => undefined)
      await pass(1)
    }
    await execute(1, ['bump'])
    await pass(200)
    expect(new Set(replicas.map(replica => replica.digest())).size).to.equal(1)
    expect(replicas[0]!.status().commandsExecuted, 'some were due').to.be.above(310)
  })
})
