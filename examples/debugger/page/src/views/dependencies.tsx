import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { State } from '../../../model/state.ts'
import { whyBlocked } from '../../../model/why-blocked.ts'
import { labelOf } from '../../../trace/ids.ts'
import { Canvas } from '../draw/canvas.tsx'
import { type Palette, palette, phases, phaseWords } from '../draw/colours.ts'
import type { Pen } from '../draw/pen.ts'
import { pageLimits } from '../limits.ts'
import { placeOf, SidePanel } from '../parts/picked-panel.tsx'
import { count } from '../parts/words.ts'
import { pick, picked } from '../state/choices.ts'
import { shown, stateCalmly, stateNow } from '../state/shown.ts'
import { shownAtOnce } from '../state/zoom.ts'
import { chainEdges, type Graph, type GraphNode, graphOf } from './graph.ts'

const left = 46

/** Who waits for whom. */
export function DependenciesView(): JSX.Element | null {
  /** Up to which instance is shown, counted since the trace began; undefined: along with the latest. */
  const [end, setEnd] = useState<number | undefined>(undefined)
  const [over, setOver] = useState<GraphNode | undefined>(undefined)
  const max = Math.min(pageLimits.nodesMax, Math.max(12, shownAtOnce() / 2))
  // Who is picked elsewhere is to be seen here.
  useEffect(() => {
    const now = shown.value?.state
    if (now === undefined || picked.value === undefined) return
    const place = [...now.instances.keys()].indexOf(picked.value) + 1
    const last = (end ?? now.instances.size + now.forgotten) - now.forgotten
    if (place > 0 && (place > last || place <= last - max)) setEnd(now.forgotten + place + Math.ceil(max / 2))
  }, [picked.value])
  const state = stateNow()
  const calmState = stateCalmly()
  if (state === undefined || calmState === undefined) return null
  const all = state.instances.size + state.forgotten
  const skip = end === undefined ? 0 : Math.max(0, all - end)
  const graph = graphOf(state, max, skip)
  const { header } = state
  let place: Layout | undefined
  const at = (x: number, y: number): GraphNode | undefined =>
    place === undefined ? undefined : nodeAt(graph, place, x, y)
  return (
    <div class="with-side">
      <div class="main">
        <p class="lead">
          Each box is an instance, in the lane of the replica that proposed it. An arrow points to what has to be
          executed first. Grey is executed; a frame holds instances that depend on each other and are executed together.
          <Legend />
        </p>
        <div class="fill">
          <Canvas
            label={`${graph.nodes.length} instances and what they depend on`}
            pointer={over !== undefined}
            draw={(pen, width, height) => {
              place = layOutOf(state, graph, max, width, height)
              drawGraph(pen, state, graph, place, palette.value, over)
            }}
            onPoint={(x, y) => setOver(at(x, y))}
            onLeave={() => setOver(undefined)}
            onPick={(x, y) => {
              const node = at(x, y)
              pick(node?.id)
            }}
            onScroll={delta => {
              const to = all - skip + Math.sign(delta) * Math.ceil(max / 10)
              setEnd(to >= all ? undefined : Math.max(to, state.forgotten + Math.min(max, state.instances.size)))
            }}
          />
          {graph.nodes.length === 0 && <p class="empty">No instance yet: nothing has been proposed.</p>}
        </div>
        <p class="foot">
          {count(graph.nodes.length)} of {count(state.instances.size)} instances
          {graph.earlier > 0 && `, ${count(graph.earlier)} earlier to the left (scroll)`}
          {skip > 0 && `, ${count(Math.min(skip, state.instances.size))} later to the right`}
          {graph.edgesToEarlier > 0 && ` · ${count(graph.edgesToEarlier)} arrows to earlier ones are not drawn`}
          {state.forgotten > 0 && ` · ${count(state.forgotten)} executed long ago are kept no more`} · <kbd>+</kbd>{' '}
          <kbd>−</kbd> zoom
        </p>
      </div>
      <SidePanel state={calmState} />
    </div>
  )
  function Legend(): JSX.Element {
    return (
      <span class="legend">
        {phases.map(phase => (
          <span key={phase} class={`phase phase-${phase}`}>
            {phaseWords[phase]}
          </span>
        ))}
        <span class="soft">small squares: the same at {header.names.join(', ')} (dark: executed)</span>
      </span>
    )
  }
}

interface Layout {
  readonly width: number
  readonly height: number
  readonly column: number
  readonly lane: number
  readonly box: { readonly width: number; readonly height: number }
}

function layOutOf(state: State, graph: Graph, max: number, width: number, height: number): Layout {
  const columns = Math.max(12, Math.min(max, graph.nodes.length))
  const column = (width - left - 12) / columns
  const lane = height / state.header.members.length
  return { width, height, column, lane, box: { width: Math.min(54, Math.max(7, column * 1.9)), height: 30 } }
}

/** Neighbours in a column stand in different lanes mostly: boxes may be wider than their column. */
const xOf = ({ column }: GraphNode, place: Layout): number => left + (column + 0.5) * place.column
/** Within its lane up and down, so that neighbours do not cover each other. */
const yOf = ({ rank, column }: GraphNode, { lane }: Layout): number =>
  (rank + 0.5) * lane + ((column % 4) - 1.5) * Math.min(40, lane / 5)

function nodeAt(graph: Graph, place: Layout, x: number, y: number): GraphNode | undefined {
  return graph.nodes.findLast(
    node => Math.abs(xOf(node, place) - x) <= place.box.width / 2 && Math.abs(yOf(node, place) - y) <= 15,
  )
}

function drawGraph(
  pen: Pen,
  state: State,
  graph: Graph,
  place: Layout,
  colours: Palette,
  over: GraphNode | undefined,
): void {
  const { header } = state
  const { lane, width } = place
  header.members.forEach((_, rank) => {
    if (rank % 2 === 1) pen.rect(0, rank * lane, width, lane, { fill: colours.paper })
    pen.rect(10, (rank + 0.5) * lane - 12, 24, 24, { fill: colours.members[rank]! }, 5)
    pen.text(22, (rank + 0.5) * lane, header.names[rank]!, { fill: '#fff', bold: true, anchor: 'middle', size: 13 })
    if (!state.replicas[rank]!.isUp)
      pen.text(22, (rank + 0.5) * lane + 24, 'down', { fill: colours.alarm, anchor: 'middle', size: 11, bold: true })
  })
  for (const component of graph.components) {
    const xs = component.map(node => xOf(node, place))
    const ys = component.map(node => yOf(node, place))
    const [x, y] = [Math.min(...xs) - place.box.width / 2 - 6, Math.min(...ys) - 22]
    const [w, h] = [Math.max(...xs) + place.box.width / 2 + 6 - x, Math.max(...ys) + 22 - y]
    pen.rect(x, y, w, h, { fill: colours.accent, alpha: 0.07 }, 10)
    pen.rect(x, y, w, h, { stroke: colours.accent, width: 1.5, alpha: 0.7 }, 10)
  }
  const chosen = over?.id ?? picked.value
  for (const { from, to } of graph.edges) {
    const isChosen = from.id === chosen || to.id === chosen
    const isOver = from.phase === 'executed'
    arrow(pen, place, from, to, {
      stroke: isChosen ? colours.ink : isOver ? colours.faint : colours.soft,
      width: isChosen ? 1.6 : 1,
      alpha: isChosen ? 1 : chosen === undefined ? 0.9 : 0.35,
    })
  }
  if (picked.value !== undefined) {
    const at = placeOf(state, picked.value)
    const { chain, isBlocked } = whyBlocked(state, picked.value, at)
    if (isBlocked)
      for (const [one, other] of chainEdges(state, at, chain)) {
        const [from, to] = [graph.byId.get(one), graph.byId.get(other)]
        if (from !== undefined && to !== undefined)
          arrow(pen, place, from, to, { stroke: colours.alarm, width: 2.5, alpha: 1 })
      }
    const root = graph.byId.get(chain.at(-1) ?? '')
    if (isBlocked && root !== undefined && root.id !== picked.value)
      pen.text(xOf(root, place), yOf(root, place) - 25, 'root cause', {
        fill: colours.alarm,
        anchor: 'middle',
        bold: true,
        size: 11,
      })
  }
  for (const node of graph.nodes) drawNode(pen, header.members.length, node, place, colours, labelOf(header, node.id))
}

function drawNode(pen: Pen, members: number, node: GraphNode, place: Layout, colours: Palette, label: string): void {
  const { width, height } = place.box
  const [x, y] = [xOf(node, place), yOf(node, place)]
  const isPicked = node.id === picked.value
  pen.rect(
    x - width / 2,
    y - height / 2,
    width,
    height,
    {
      fill: colours.phases[node.phase],
      stroke: isPicked ? colours.ink : colours.panel,
      width: isPicked ? 3 : 1,
    },
    6,
  )
  const isWide = width >= 34
  if (isWide)
    pen.text(x, y - 5, label, {
      fill: colours.phaseInks[node.phase],
      anchor: 'middle',
      bold: isPicked,
      size: label.length > 6 ? 10 : 11.5,
    })
  const pip = Math.min(6, (width - 6) / members)
  if (pip < 2) return
  node.sides.forEach((phase, rank) => {
    pen.rect(x + (rank - members / 2) * (pip + 1.5), isWide ? y + 5 : y - pip / 2, pip, pip, {
      fill: phase === undefined ? colours.panel : phase === 'executed' ? colours.soft : colours.phases[phase],
      stroke: phase === undefined ? colours.faint : colours.ink,
      width: 0.7,
    })
  })
}

function arrow(
  pen: Pen,
  place: Layout,
  from: GraphNode,
  to: GraphNode,
  style: { stroke: string; width: number; alpha: number },
): void {
  const [x1, y1, x2, y2] = [xOf(from, place), yOf(from, place), xOf(to, place), yOf(to, place)]
  const length = Math.hypot(x2 - x1, y2 - y1)
  if (length < 1) return
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
  // Up to the border of the box that it points to.
  const { width, height } = place.box
  const reach = Math.min(width / 2 / Math.max(0.001, Math.abs(ux)), height / 2 / Math.max(0.001, Math.abs(uy))) + 2
  const [ex, ey] = [x2 - ux * reach, y2 - uy * reach]
  pen.line([x1, y1, ex, ey], style)
  const size = 4 + style.width
  pen.line(
    [
      ex - ux * size - uy * size * 0.6,
      ey - uy * size + ux * size * 0.6,
      ex,
      ey,
      ex - ux * size + uy * size * 0.6,
      ey - uy * size - ux * size * 0.6,
    ],
    { fill: style.stroke, alpha: style.alpha },
  )
}
