import type { Graph } from './edges.ts'

/** A shortest cycle of a graph, or undefined where there is none. */
export function cycleIn(graph: Graph): readonly string[] | undefined {
  let shortest: readonly string[] | undefined
  for (const start of onCycles(graph)) {
    const found = wayBack(graph, start)
    if (found !== undefined && (shortest === undefined || found.length < shortest.length)) shortest = found
  }
  return shortest
}

/** What is left when those are taken away, again and again, before which nothing comes any more. */
function onCycles(graph: Graph): Iterable<string> {
  const before = new Map([...graph.keys()].map(name => [name, 0]))
  for (const after of graph.values()) for (const name of after.keys()) before.set(name, before.get(name)! + 1)
  const free = [...before].filter(([, count]) => count === 0).map(([name]) => name)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    before.delete(name)
    for (const next of graph.get(name)!.keys()) {
      const left = before.get(next)! - 1
      before.set(next, left)
      if (left === 0) free.push(next)
    }
  }
  return before.keys()
}

/** The shortest way from a transaction to itself, by breadth. */
function wayBack(graph: Graph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>()
  let edge = [start]
  while (edge.length > 0) {
    const next: string[] = []
    for (const name of edge)
      for (const to of graph.get(name)!.keys()) {
        if (to === start) return wayTo(name, start, cameFrom)
        if (cameFrom.has(to)) continue
        cameFrom.set(to, name)
        next.push(to)
      }
    edge = next
  }
  return undefined
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end]
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!)
  return way
}
