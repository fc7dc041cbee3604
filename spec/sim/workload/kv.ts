import {
  append,
  cas,
  del,
  get,
  incr,
  type KvCommand,
  type KvResult,
  put,
  putFor,
} from '../../../examples/kv/commands.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { checkHistory, type KvOperation } from '../linearizability/index.ts'
import type { Operation, Workload } from './workload.ts'

/** The key-value store on few keys, its history judged by the linearizability checker. */
export const kvWorkload: Workload<KvCommand, KvResult> = {
  stateMachine: createKvStateMachine,
  nextCommand(draw, { keys, readShare, ttlShare, ttlMs }, unique) {
    const key = `k${draw.whole(0, keys - 1)}`
    const value = `v${unique}`
    if (draw.chance(readShare)) return get(key)
    switch (draw.whole(0, 7)) {
      case 0:
        return append(key, `,${value}`)
      case 1:
        return cas(key, null, value)
      case 2:
        return del(key)
      case 3:
        return incr(key)
      default:
        // No value of another command begins with it.
        return ttlShare > 0 && draw.chance(ttlShare) ? putFor(key, `${value};`, ttlMs) : put(key, value)
    }
  },
  judge(history) {
    const { verdict, violation } = checkHistory(history.flatMap(seen))
    if (verdict === 'linearizable') return undefined
    if (verdict === 'undecided') return { what: 'the checker has run out of its budget', about: [] }
    return { what: `key ${violation?.key}\n${violation?.story.join('\n')}`, about: [] }
  },
}

/**
 * As it goes to the linearizability checker: times in ns, an unknown outcome has no end. A key with a time to live may end at
 * any time after its put, whatever the time to live: the clocks of the replicas are anybody's.
 */
function seen({ client, command, startMs, endMs, result }: Operation<KvCommand, KvResult>): KvOperation[] {
  const common = {
    client,
    key: command[1],
    start: ns(startMs),
    end: endMs === undefined ? null : ns(endMs),
  }
  const value = result?.ok === true ? result.value : null
  switch (command[0]) {
    case 1:
      return [{ ...common, op: 'put', args: command[2] }]
    case 2:
      return [{ ...common, op: 'get', result: value as string | null }]
    case 3:
      return [{ ...common, op: 'del', result: value === true }]
    case 4:
      return [{ ...common, op: 'cas', args: [command[2], command[3]], result: value === true }]
    case 5:
      return [{ ...common, op: 'append', args: command[2] }]
    case 6:
      return [{ ...common, op: 'incr', args: command[2], result: value as number | null }]
    case 8:
      return [
        { ...common, op: 'put', args: command[2] },
        { ...common, op: 'expire', args: command[2], end: null },
      ]
    default:
      throw new TypeError('no operation on one key')
  }
}

const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6))
