import type { Dependencies } from '../protocol/dependencies.ts'
import type { ConflictLists, Lane } from './conflict-lists.ts'
import type { Vertex } from './vertex.ts'

/**
 * One final instance's way through those of its dependencies that conflict with it: list by list, row by row, writers
 * before readers, highest index first. Executed instances and Nops have left the lists and are not met. To be begun
 * when all payloads below `deps` are known, so that nothing can be added behind its back.
 */
export class ConflictWalk {
  readonly #vertex: Vertex
  readonly #deps: Dependencies
  readonly #lists: ConflictLists
  #lanes: Lane[] | undefined
  #lane = 0
  #rank = 0
  #readers = false
  /** The position in the row: instances above this index are passed. */
  #position = 0
  /** The floor in the row: another instance waits for those at or below this index. */
  #floor = 0

  constructor(vertex: Vertex, deps: Dependencies, lists: ConflictLists) {
    this.#vertex = vertex
    this.#deps = deps
    this.#lists = lists
  }

  /** The dependency that stands next; the same until it is passed or has left the lists. Undefined at the end. */
  next(): Vertex | undefined {
    if (this.#lanes === undefined) {
      this.#lanes = this.#lists.lanesOf(this.#vertex.footprint, this.#vertex.listed ? 1 : 0)
      this.#position = this.#deps[0]!
    }
    while (this.#lane < this.#lanes.length) {
      const { list } = this.#lanes[this.#lane]!
      const row = (this.#readers ? list.reads : list.writes)[this.#rank]
      const vertex = row?.lastAtOrBelow(this.#position)
      if (vertex === undefined || vertex.id.index <= this.#floor) this.#nextRow()
      else if (vertex === this.#vertex) this.pass(vertex)
      else return vertex
    }
    return undefined
  }

  /** Goes on below `vertex`, the one that stands next. */
  pass(vertex: Vertex): void {
    this.#position = vertex.id.index - 1
  }

  /**
   * Goes on below `vertex`, which is final and of the same component. If it conflicts with all in the list, then what
   * it depends on in this row is its own to wait for, and the component waits for both of us. Among instances of the
   * row itself only the lower one is relied on: otherwise two could each leave the rest to the other.
   */
  passFellow(vertex: Vertex): void {
    this.pass(vertex)
    const { rank, index } = this.#vertex.id
    if (this.#readers || (rank === this.#rank && index < vertex.id.index)) return
    const { list } = this.#lanes![this.#lane]!
    if (list.writersConflictWithAll || vertex.footprint.writes === 'all')
      this.#floor = Math.max(this.#floor, vertex.final!.deps[this.#rank]!)
  }

  #nextRow(): void {
    if (!this.#readers && this.#lanes![this.#lane]!.readersToo) {
      this.#readers = true
    } else {
      this.#readers = false
      this.#floor = 0
      this.#rank++
      if (this.#rank === this.#deps.length) {
        this.#rank = 0
        this.#lane++
      }
    }
    this.#position = this.#deps[this.#rank]!
  }
}
