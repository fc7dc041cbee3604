import type { State } from '../../../../model/state.ts'
import type { Diagram, Item } from './diagram.ts'

/** One picture of the space-time diagram: what is drawn, and where. */
export interface Frame {
  readonly diagram: Diagram
  readonly state: State
  /** One place an event, or a place by time. */
  readonly byTime: boolean
  /** Only one instance is shown: its messages need not name it. */
  readonly isOfOne: boolean
  readonly cursor: number
  readonly cone:
    | { readonly of: number; readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> }
    | undefined
  readonly over: Item | undefined
  readonly turns: readonly Turn[]
}

/** Replicas went down, or came up. */
export interface Turn {
  readonly cursor: number
  readonly members: readonly number[]
  readonly isDown: boolean
}

export interface Places {
  readonly lane: (rank: number) => number
  readonly x: (item: Item) => number
  readonly gap: number
  readonly width: number
  readonly height: number
}

/** Room around the lanes, in pixels. */
export const left = 54
export const right = 24
export const top = 26

export function placesOf({ diagram: { items }, state, byTime }: Frame, width: number, height: number): Places {
  const lanes = state.header.members.length
  const lane = (height - top - 24) / lanes
  const wide = width - left - right
  const gap = Math.min(60, wide / Math.max(1, items.length))
  const [fromMs, toMs] = [items[0]?.event.ms ?? 0, items.at(-1)?.event.ms ?? 1]
  const order = new Map(items.map((item, at) => [item.cursor, at]))
  return {
    width,
    height,
    gap,
    lane: rank => top + (rank + 0.5) * lane,
    x: item =>
      byTime
        ? left + ((item.event.ms - fromMs) / Math.max(0.001, toMs - fromMs)) * wide
        : left + ((order.get(item.cursor) ?? 0) + 0.5) * gap,
  }
}

/** What lies after the cursor is pale; so is what has nothing to do with the event whose cone is shown. */
export const alphaOf = ({ cone, cursor }: Frame, item: Item | undefined): number => {
  if (item === undefined) return 0.5
  if (cone !== undefined)
    return item.cursor === cone.of || cone.before.has(item.cursor) || cone.after.has(item.cursor) ? 1 : 0.12
  return item.cursor > cursor ? 0.35 : 1
}
