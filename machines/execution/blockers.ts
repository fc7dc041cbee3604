import { conflict } from '../protocol/commands.ts'
import { type InstanceKey, keyOf } from '../protocol/instance-id.ts'
import type { ConflictLists } from './conflict-lists.ts'
import { ConflictWalk } from './conflict-walk.ts'
import type { Blocker } from './execution-graph.ts'
import type { GrowingComponent } from './growing-component.ts'
import type { KnownPayloads } from './known-payloads.ts'
import type { Vertex } from './vertex.ts'

const unfinished = ({ id, final }: Vertex): Blocker => ({
  id,
  reason: final === undefined ? 'uncommitted' : 'unexecuted',
})

/** The direct blockers of a final instance, `limit` at most, computed anew without a change of state. */
export function directBlockers(
  vertex: Vertex,
  vertices: ReadonlyMap<InstanceKey, Vertex>,
  known: KnownPayloads<GrowingComponent>,
  lists: ConflictLists,
  limit: number,
): Blocker[] {
  const { footprint, final } = vertex
  const { deps } = final!
  const result: Blocker[] = []
  for (let rank = 0; rank < deps.length; rank++) {
    for (let index = known.prefix(rank) + 1; index <= deps[rank]! && result.length < limit; index++) {
      const id = { epoch: vertex.id.epoch, rank, index }
      const other = vertices.get(keyOf(id))
      if (!known.has(id)) result.push({ id, reason: 'unknownPayload' })
      else if (other !== undefined && other !== vertex && conflict(footprint, other.footprint))
        result.push(unfinished(other))
    }
  }
  const met = new Set<Vertex>()
  const walk = new ConflictWalk(vertex, deps, lists)
  for (let next = walk.next(); next !== undefined && result.length < limit; next = walk.next()) {
    if (!met.has(next)) result.push(unfinished(next))
    met.add(next)
    walk.pass(next)
  }
  return result
}
