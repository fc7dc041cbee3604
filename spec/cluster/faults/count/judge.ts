import type { Tally } from './load.ts'

/**
 * Why the counter does not stand where it must: every acknowledged increment once, and of the unknown ones any.
 * @param finals what is read through each replica in the end
 */
export function objectionsToCount(
  { sums, unknown }: Pick<Tally, 'sums' | 'unknown'>,
  finals: readonly number[],
): readonly string[] {
  const objections: string[] = []
  const [final] = finals
  if (final === undefined || finals.some(each => each !== final)) {
    objections.push(`the replicas read different counters: ${finals.join(', ')}`)
    return objections
  }
  if (final < sums.length) objections.push(`${sums.length} increments were acknowledged, the counter is ${final}`)
  if (final > sums.length + unknown)
    objections.push(
      `${sums.length} increments were acknowledged and ${unknown} are unknown, the counter is ${final}: some counted twice`,
    )
  const repeated = sums.length - new Set(sums).size
  if (repeated > 0) objections.push(`${repeated} increments were answered with a sum that another had already`)
  const beyond = sums.filter(sum => sum > final).length
  if (beyond > 0) objections.push(`${beyond} increments were answered with a sum above the counter, which is ${final}`)
  return objections
}
