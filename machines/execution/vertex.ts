import type { Footprint, Value } from '../protocol/commands.ts'
import type { Dependencies } from '../protocol/dependencies.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { ConflictWalk } from './conflict-walk.ts'
import type { GrowingComponent } from './growing-component.ts'

/** The state of a vertex once its instance is final. */
export interface Final {
  readonly value: Value
  readonly deps: Dependencies
  /** In the rows of this many ranks, from 0 up, no dependency of unknown payload is left. */
  rowsKnown: number
  /** Its way through the dependencies that conflict with it, once all payloads are known. */
  readonly walk: ConflictWalk
  /** The component that it was put in when it became final; perhaps merged since. */
  readonly component: GrowingComponent
}

/** A vertex of the execution graph: an instance whose payload is known and that is neither executed nor Nop. */
export interface Vertex {
  readonly id: InstanceId
  readonly footprint: Footprint
  /** Whether it stands in the conflict lists: the known prefix of its row has reached it. */
  listed: boolean
  final: Final | undefined
  /** The components that cannot go on before this one is final. */
  awaitedBy: GrowingComponent[] | undefined
}
