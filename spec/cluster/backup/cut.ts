/** An increment that was acknowledged. Times are of one clock, in any unit. */
export interface Increment {
  readonly key: string
  /** The sum that it was answered with: its place among the increments of its key. */
  readonly sum: number
  readonly start: number
  readonly end: number
}

/** When a state was asked for, and when it was there. */
export interface Taking {
  readonly start: number
  readonly end: number
}

/**
 * Why a state cannot be that of one point of a linearizable execution: none when it can. Every key's increments are in
 * the order of their sums, so the state says which of them it holds; those that it lacks must not lie before those that it
 * holds, nor before the asking, and those that it holds not after the taking.
 * @param state the sum of each key; absent keys are 0
 */
export function objectionsToState(
  increments: readonly Increment[],
  state: ReadonlyMap<string, number>,
  taking: Taking,
): readonly string[] {
  const objections: string[] = []
  const holds = ({ key, sum }: Increment) => sum <= (state.get(key) ?? 0)
  const name = ({ key, sum }: Increment) => `${key} = ${sum}`
  const lacking = increments.filter(each => !holds(each)).sort((a, b) => a.end - b.end)
  const held = increments.filter(holds).sort((a, b) => b.start - a.start)
  const [firstLacking] = lacking
  const [lastHeld] = held
  if (firstLacking !== undefined && firstLacking.end < taking.start)
    objections.push(`${name(firstLacking)} was acknowledged before it was asked for, and is not in it`)
  if (lastHeld !== undefined && lastHeld.start > taking.end)
    objections.push(`${name(lastHeld)} began after it was taken, and is in it`)
  if (firstLacking !== undefined && lastHeld !== undefined && firstLacking.end < lastHeld.start)
    objections.push(
      `${name(lastHeld)} is in it, and ${name(firstLacking)} is not, which was acknowledged before that began`,
    )
  return objections
}
