import { quorumsOf } from '../../../index.ts'
import type { Plan } from '../../../spec/sim/index.ts'
import { type TraceHeader, traceVersion } from '../trace/format.ts'

/** Which worlds there are: those of the standard plan, biased ones, or one long life. */
export interface WhichWorld {
  readonly seed: number
  readonly biased?: true
  readonly hours?: number
}

/** What a trace of a seeded world begins with. */
export function worldHeader({ seed, ...plan }: WhichWorld, { n, limits }: Plan, isShown: boolean): TraceHeader {
  const { slow, fast } = quorumsOf(n)
  const { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs } = limits
  return {
    trace: 'epaxos',
    version: traceVersion,
    source: 'world',
    title: `seed ${seed}`,
    members: Array.from({ length: n }, (_, rank) => rank + 1),
    names: [...'ABCDEFGHI'].slice(0, n),
    quorums: { slow, fast },
    seed,
    plan,
    values: isShown ? 'shown' : 'masked',
    limits: { suspicionMs, recoveryDelayMs, retransmitDelayMs, fastPathWaitMaxMs },
  }
}
