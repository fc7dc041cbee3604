import type { Vertex } from './vertex.ts'

/**
 * Final instances known to be strongly connected: a component in the making. It follows one edge at a time. While that
 * edge leads to another component it is *parked* there and has nothing to do before the other is executed; a component
 * that is not parked is a *root*: it waits for something that is not final, or is about to run. Parked components form
 * a forest, since an edge of a root that leads into its own tree closes a cycle, which is merged into one at once.
 */
export interface GrowingComponent {
  members: Vertex[]
  /** Members with edges that were not followed yet; the last is the one at work. */
  unfinished: Vertex[]
  /** The components parked here, and perhaps some that are part of this one by now. */
  parked: GrowingComponent[]
  parkedOn: GrowingComponent | undefined
  mergedInto: GrowingComponent | undefined
}

/** A component of one, none of whose edges were followed. */
export const newComponent = (vertex: Vertex): GrowingComponent => ({
  members: [vertex],
  unfinished: [vertex],
  parked: [],
  parkedOn: undefined,
  mergedInto: undefined,
})

/** The component that `component` is part of by now (union-find, path halving). */
export function wholeOf(component: GrowingComponent): GrowingComponent {
  let whole = component
  while (whole.mergedInto !== undefined) {
    if (whole.mergedInto.mergedInto !== undefined) whole.mergedInto = whole.mergedInto.mergedInto
    whole = whole.mergedInto
  }
  return whole
}

/** Follows an edge of the root `component` to `on`, which is in another tree. */
export function park(component: GrowingComponent, on: GrowingComponent): void {
  component.parkedOn = on
  on.parked.push(component)
}

/**
 * Is `component`, another, in the tree of `root`? Searched upwards and downwards in step, so that it costs the smaller
 * of the way up and the size of the tree: a long queue behind one blocker is not walked for each instance that joins
 * its end.
 */
export function isInTreeOf(root: GrowingComponent, component: GrowingComponent): boolean {
  if (root.parked.length === 0) return false
  let above = component
  const below = [{ of: root, next: 0 }]
  for (;;) {
    if (above === root) return true
    if (above.parkedOn === undefined) return false
    above = wholeOf(above.parkedOn)

    const top = below.at(-1)
    if (top === undefined) return false
    if (top.next === top.of.parked.length) {
      below.pop()
    } else {
      const child = wholeOf(top.of.parked[top.next++]!)
      if (child === component) return true
      if (child !== top.of) below.push({ of: child, next: 0 })
    }
  }
}

function joined<T>(a: T[], b: T[]): T[] {
  const [few, many] = a.length < b.length ? [a, b] : [b, a]
  for (const each of few) many.push(each)
  return many
}

/** Merges everything on the way from `component` up to `root`, to which `root` has an edge to `component`. */
export function mergeCycle(root: GrowingComponent, component: GrowingComponent): GrowingComponent {
  const cycle = [root]
  for (let each = component; each !== root; each = wholeOf(each.parkedOn!)) cycle.push(each)
  return cycle.reduce((a, b) => {
    const [into, from] = a.members.length < b.members.length ? [b, a] : [a, b]
    into.members = joined(into.members, from.members)
    into.unfinished = joined(into.unfinished, from.unfinished)
    into.parked = joined(into.parked, from.parked)
    into.parkedOn = undefined
    Object.assign(from, { members: [], unfinished: [], parked: [], parkedOn: undefined, mergedInto: into })
    return into
  })
}
