import type { Known } from './operation.ts'
import type { Origins } from './origins.ts'

/** Operations that are sure to have changed the value at some moment between their call and their return. */
const changes = (op: Known): boolean =>
  op.op === 'put' ||
  (op.op === 'append' && op.args !== '') ||
  (op.op === 'cas' && op.result && op.args[0] !== op.args[1]) ||
  (op.op === 'del' && op.result)

/**
 * Whether a cas was called when its expected value was gone for good: everything that can have produced it had returned
 * before another change was called, and that had returned before the cas was called. It can do nothing but fail.
 */
export function goneForGood(required: readonly Known[], origins: Origins): (op: Known) => boolean {
  const changing = required.filter(changes).sort((a, b) => (a.start < b.start ? -1 : 1))
  // By place in `changing`: the earliest return from there on.
  const firstEnd: bigint[] = new Array(changing.length)
  for (let place = changing.length - 1; place >= 0; place--) {
    const { end } = changing[place]!
    const later = firstEnd[place + 1]
    firstEnd[place] = later !== undefined && later < end! ? later : end!
  }
  return op => {
    if (op.op !== 'cas' || op.args[0] === null || (op.end !== null && op.result)) return false
    if (!origins.isUnique(op.args[0])) return false
    const [origin] = origins.of(op.args[0])
    if (origin === undefined) return true
    if (origin.op.end === null) return false
    const place = firstAfter(changing, origin.op.end)
    return place < changing.length && firstEnd[place]! < op.start
  }
}

/** The place of the first operation that is called after `moment`. */
function firstAfter(byStart: readonly Known[], moment: bigint): number {
  let low = 0
  let high = byStart.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (byStart[middle]!.start > moment) high = middle
    else low = middle + 1
  }
  return low
}
