import {
  append,
  cas,
  del,
  get,
  incr,
  type KvCommand,
  type KvResult,
  operationNumbered,
  put,
  putFor,
} from '../../../examples/kv/commands.ts'
import { isKeyOp, told } from '../../../examples/kv/key-operations.ts'
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
  const [number, key, ...args] = command
  const { definition } = operationNumbered(number)!
  const isTimed = 'becomes' in definition
  const { name } = isTimed ? operationNumbered(definition.optionOf)! : operationNumbered(number)!
  if (!isKeyOp(name)) throw new TypeError(`${name} is no operation on one key`)
  const common = { client, key, start: ns(startMs), end: endMs === undefined ? null : ns(endMs) }
  const answer = result?.ok === true ? result.value : undefined
  const operation = { ...common, ...told(name, isTimed ? args.slice(0, -1) : args, answer) }
  return isTimed ? [operation, { ...common, op: 'expire', args: args[0] as string, end: null }] : [operation]
}

const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6))
