import type { Id, Member, TraceHeader } from './format.ts'

/** An instance by the rank of its initial coordinator. */
export interface Place {
  readonly rank: number
  readonly index: number
}

/** `3.17` for the 17th instance of the replica of this rank. */
export const idAt = (header: TraceHeader, rank: number, index: number): Id => `${header.members[rank]}.${index}`

/** @throws RangeError for what is no id of a member */
export function placeOf(header: TraceHeader, id: Id): Place {
  const dot = id.indexOf('.')
  const rank = header.members.indexOf(Number(id.slice(0, dot)))
  if (dot < 0 || rank < 0) throw new RangeError(`${id} is no instance of the members ${header.members.join(', ')}`)
  return { rank, index: Number(id.slice(dot + 1)) }
}

/** How a member is called in words. */
export const nameOf = (header: TraceHeader, member: Member): string =>
  header.names[header.members.indexOf(member)] ?? String(member)

/** How an instance is called in words: `A.3` where members have letters. */
export function labelOf(header: TraceHeader, id: Id): string {
  const dot = id.indexOf('.')
  return `${nameOf(header, Number(id.slice(0, dot)))}${id.slice(dot)}`
}

/** The ids that a vector of dependencies names, the highest of each row, in words. */
export const vectorInWords = (header: TraceHeader, dep: readonly number[]): string =>
  `{${dep.flatMap((index, rank) => (index === 0 ? [] : [`${header.names[rank]}.${index}`])).join(', ')}}`
