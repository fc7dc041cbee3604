import ElkConstructor, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js'
import type { Chart, ChartEdge, ChartNode } from './chart-of.ts'
import type { LaidOutChart, LaidOutEdge, LaidOutNode, Point } from './laid-out.ts'

/** Pixels, for the font that the page uses: sizes of what stands in the chart. */
const sizes = { letter: 6, line: 13, count: 40, node: { min: 100, height: 42, padding: 22 }, title: 24 } as const
/** Longer labels are cut: the page shows the whole on demand. */
const labelLettersMax = 18

/**
 * Lays a chart out, in layers from the top down, composites around what is in them. Done when the page is built: the library
 * that does it is larger than the page.
 */
export async function layOut(chart: Chart): Promise<LaidOutChart> {
  const elk = new ElkConstructor.default()
  const graph: ElkNode = await elk.layout({
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.layered.spacing.nodeNodeBetweenLayers': '14',
      'elk.layered.spacing.edgeNodeBetweenLayers': '8',
      'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
      'elk.spacing.nodeNode': '14',
      'elk.spacing.edgeNode': '7',
      'elk.spacing.edgeEdge': '6',
      'elk.spacing.edgeLabel': '4',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.edgeCoords': 'ROOT',
    },
    children: childrenOf(chart, undefined),
    edges: chart.edges.map(edge => elkEdge(edge, isBackward(chart, edge))),
  })
  const places = new Map<string, Omit<LaidOutNode, keyof ChartNode>>()
  place(graph, 0, 0, places)
  const routes = new Map((graph.edges ?? []).map(edge => [edge.id, edge]))
  return {
    width: Math.ceil(graph.width ?? 0),
    height: Math.ceil(graph.height ?? 0),
    nodes: chart.nodes.map(node => ({ ...node, ...places.get(node.id)! })),
    edges: chart.edges.map(edge => laidOutEdge(edge, routes.get(edge.id), isBackward(chart, edge))),
  }
}

function childrenOf(chart: Chart, parent: string | undefined): ElkNode[] {
  return chart.nodes
    .filter(node => node.parent === parent)
    .map((node): ElkNode => {
      const children = childrenOf(chart, node.id)
      if (children.length === 0)
        return {
          id: node.id,
          width: Math.max(sizes.node.min, node.key.length * sizes.letter * 1.4 + sizes.node.padding),
          height: sizes.node.height,
        }
      return {
        id: node.id,
        children,
        layoutOptions: { 'elk.padding': `[top=${sizes.title + 10},left=16,bottom=16,right=16]` },
      }
    })
}

/** It leads to a state that is defined earlier. Layers follow the order of the definition: it is laid out the other way round. */
const isBackward = ({ nodes }: Chart, { from, to }: ChartEdge): boolean =>
  nodes.findIndex(({ id }) => id === from) > nodes.findIndex(({ id }) => id === to)

function elkEdge(edge: ChartEdge, isReversed: boolean): ElkExtendedEdge {
  const lines = linesOf(edge)
  return {
    id: edge.id,
    sources: [isReversed ? edge.to : edge.from],
    targets: [isReversed ? edge.from : edge.to],
    labels: [
      {
        text: lines.join('\n'),
        width: Math.max(...lines.map(line => line.length)) * sizes.letter + sizes.count,
        height: lines.length * sizes.line,
      },
    ],
  }
}

/** `recover +2`: the first transition, by its guard where it has no event, and how many more there are. */
function linesOf({ transitions }: ChartEdge): readonly string[] {
  const [first, ...others] = transitions
  if (first === undefined) return []
  const name = cut(first.event === '' ? `[${first.guard ?? ''}]` : first.event)
  return [others.length === 0 ? name : `${name} +${others.length}`]
}

const cut = (line: string): string => (line.length > labelLettersMax ? `${line.slice(0, labelLettersMax - 1)}…` : line)

/** Nodes tell where they are in their parents. */
function place(node: ElkNode, x: number, y: number, into: Map<string, Omit<LaidOutNode, keyof ChartNode>>): void {
  for (const child of node.children ?? []) {
    const at = { x: x + (child.x ?? 0), y: y + (child.y ?? 0) }
    into.set(child.id, { ...at, width: child.width ?? 0, height: child.height ?? 0 })
    place(child, at.x, at.y, into)
  }
}

function laidOutEdge(edge: ChartEdge, route: ElkExtendedEdge | undefined, isReversed: boolean): LaidOutEdge {
  const points = (route?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }): Point[] => [
    startPoint,
    ...bendPoints,
    endPoint,
  ])
  if (isReversed) points.reverse()
  const [label] = route?.labels ?? []
  return {
    ...edge,
    points: points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })),
    label:
      label === undefined
        ? undefined
        : {
            x: Math.round(label.x ?? 0),
            y: Math.round(label.y ?? 0),
            width: Math.round(label.width ?? 0),
            height: Math.round(label.height ?? 0),
            lines: linesOf(edge),
          },
  }
}
