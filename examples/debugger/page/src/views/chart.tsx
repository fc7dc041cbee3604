import { chart } from 'epaxos:statechart'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { edgeOf, takenOn } from '../../../chart/chart-of.ts'
import type { LaidOutEdge, LaidOutNode, Point } from '../../../chart/laid-out.ts'
import type { Side, State } from '../../../model/state.ts'
import type { TraceHeader } from '../../../trace/format.ts'
import { labelOf, nameOf } from '../../../trace/ids.ts'
import { picture } from '../draw/canvas.tsx'
import { palette } from '../draw/colours.ts'
import { svgOf } from '../draw/svg-of.ts'
import { placeOf, SidePanel } from '../parts/picked-panel.tsx'
import { Replica } from '../parts/replica.tsx'
import { short } from '../parts/words.ts'
import { picked } from '../state/choices.ts'
import { stateCalmly } from '../state/shown.ts'

/** The instance statechart, and who stands where in it. */
export function ChartView(): JSX.Element | null {
  const svg = useRef<SVGSVGElement>(null)
  useLayoutEffect(() => {
    picture.toSvg = () => svgOf(svg.current!, palette.value.panel)
    return () => {
      picture.toSvg = undefined
    }
  }, [])
  const state = stateCalmly()
  if (state === undefined) return null
  const { header } = state
  const taken = takenOn(chart, state)
  const path = picked.value === undefined ? undefined : pathOf(state, picked.value)
  const sides = picked.value === undefined ? undefined : state.instances.get(picked.value)?.sides
  const at = picked.value === undefined ? undefined : placeOf(state, picked.value)
  return (
    <div class="with-side">
      <div class="main">
        <p class="lead">
          {sides === undefined ? (
            <>
              Every instance runs this statechart at every replica. In a state: how many stand there now, at{' '}
              {replicas(header)}. On an arrow: how often it was taken.
            </>
          ) : (
            <>
              <b>{labelOf(header, picked.value!)}</b>: where it stands at each replica is framed in that replica's
              colour; the numbers in circles are its path at <Replica header={header} member={at!} />.
            </>
          )}
        </p>
        <div class="fill">
          <svg ref={svg} viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label="The instance statechart">
            <defs>
              {(['plain', 'strong'] as const).map(kind => (
                <marker
                  key={kind}
                  id={`arrow-${kind}`}
                  viewBox="0 0 8 8"
                  refX="7"
                  refY="4"
                  markerWidth="8"
                  markerHeight="8"
                  markerUnits="userSpaceOnUse"
                  orient="auto"
                >
                  <path d="M0,0 L8,4 L0,8 z" class={`arrow ${kind}`} />
                </marker>
              ))}
            </defs>
            {chart.nodes
              .filter(({ kind }) => kind === 'parallel' || kind === 'composite')
              .map(node => (
                <Composite key={node.id} node={node} />
              ))}
            {chart.edges.map(edge => (
              <Edge
                key={edge.id}
                edge={edge}
                taken={taken.get(edge.id)}
                header={header}
                isOnPath={path?.has(edge.id)}
              />
            ))}
            {chart.nodes
              .filter(({ kind }) => kind === 'leaf' || kind === 'final')
              .map(node => (
                <Leaf
                  key={node.id}
                  node={node}
                  standing={state.standing[node.key]}
                  stands={sides?.map(side => side !== undefined && standsIn(side, node.key))}
                />
              ))}
            {path !== undefined &&
              chart.edges.map(edge => {
                const numbers = path.get(edge.id)
                return numbers === undefined ? null : (
                  <PathNumber key={edge.id} edge={edge} numbers={numbers} rank={header.members.indexOf(at!)} />
                )
              })}
          </svg>
        </div>
      </div>
      <SidePanel state={state} />
    </div>
  )
}

const replicas = (header: TraceHeader): JSX.Element[] =>
  header.members.map(member => <Replica key={member} header={header} member={member} />)

/** `executed` is told before the statechart, which waits for the disk, gets there. */
const standsIn = (side: Side, leaf: string): boolean => side.states.includes(leaf)

/** By edge, which steps of the picked instance took it at the chosen replica. */
function pathOf(state: State, id: string): ReadonlyMap<string, readonly number[]> {
  const side = state.instances.get(id)?.sides[state.header.members.indexOf(placeOf(state, id))]
  const path = new Map<string, number[]>()
  let number = side?.earlierSteps ?? 0
  for (const { before, after, event } of side?.steps ?? []) {
    if (before === after) continue
    number++
    const [from, to] = [before.split('/'), after.split('/')]
    const moves =
      from.length === 2 && to.length === 2
        ? from.flatMap((leaf, region) => (leaf === to[region] ? [] : [[leaf, to[region]!] as const]))
        : [[from.at(-1)!, to.at(-1)!] as const]
    for (const [leaf, next] of moves) {
      const edge = edgeOf(chart, leaf, next, event)
      if (edge !== undefined) path.set(edge.id, [...(path.get(edge.id) ?? []), number])
    }
  }
  return path
}

/** What the regions of the chart are about, for who sees them for the first time. */
function Composite({ node }: { node: LaidOutNode }): JSX.Element {
  return (
    <g class={`composite ${node.kind}`}>
      <rect x={node.x} y={node.y} width={node.width} height={node.height} rx={10} />
      <text x={node.x + 12} y={node.y + 19}>
        {node.key}
        {node.rule !== undefined && <tspan class="rule"> rule {node.rule}</tspan>}
      </text>
    </g>
  )
}

interface LeafProps {
  readonly node: LaidOutNode
  readonly standing: readonly number[] | undefined
  /** By rank, whether the picked instance stands here; undefined when none is picked. */
  readonly stands: readonly boolean[] | undefined
}

function Leaf({ node, standing, stands }: LeafProps): JSX.Element {
  const { x, y, width, height } = node
  const all = standing?.reduce((sum, each) => sum + each, 0) ?? 0
  const here = stands?.flatMap((is, rank) => (is ? [rank] : [])) ?? []
  const isLit = stands === undefined ? all > 0 : here.length > 0
  const shown = (standing ?? []).flatMap((value, rank) => (value > 0 ? [{ value, rank }] : []))
  const pill = Math.min(34, (width - 10) / Math.max(1, shown.length))
  const from = x + width / 2 - (pill * shown.length) / 2
  return (
    <g class={`leaf ${isLit ? 'lit' : ''} ${node.kind}`} data-state={node.key} data-count={all}>
      <title>{`${node.key}${node.rule === undefined ? '' : `: rule ${node.rule}`}${node.source === undefined ? '' : ` (${node.source})`}`}</title>
      {here.map((rank, ring) => (
        <rect
          key={rank}
          class={`ring stroke-${rank}`}
          x={x - 3 - 4 * ring}
          y={y - 3 - 4 * ring}
          width={width + 6 + 8 * ring}
          height={height + 6 + 8 * ring}
          rx={9 + 4 * ring}
        />
      ))}
      <rect class="box" x={x} y={y} width={width} height={height} rx={8} />
      <text class="name" x={x + width / 2} y={shown.length === 0 ? y + height / 2 + 4 : y + 17}>
        {node.isInitial ? `• ${node.key}` : node.key}
      </text>
      {shown.map(({ value, rank }, place) => (
        <g key={rank} class="pill">
          <rect class={`fill-${rank}`} x={from + place * pill + 1} y={y + 24} width={pill - 2} height={15} rx={4} />
          <text x={from + place * pill + pill / 2} y={y + 35.5}>
            {short(value)}
          </text>
        </g>
      ))}
    </g>
  )
}

interface EdgeProps {
  readonly edge: LaidOutEdge
  readonly taken: readonly number[] | undefined
  readonly header: TraceHeader
  readonly isOnPath: boolean | undefined
}

function Edge({ edge, taken, header, isOnPath }: EdgeProps): JSX.Element {
  const { points, label, transitions } = edge
  const times = taken?.reduce((sum, each) => sum + each, 0) ?? 0
  const how = isOnPath === true ? 'path' : times > 0 ? 'taken' : ''
  const byReplica = header.members.map((member, rank) => `${nameOf(header, member)}: ${taken?.[rank] ?? 0}`).join(', ')
  const all = transitions
    .map(({ event, guard }) => `${event === '' ? 'at once' : event}${guard === undefined ? '' : ` [${guard}]`}`)
    .join('\n')
  return (
    <g class={`edge ${how}`} data-edge={edge.id} data-count={times}>
      <title>{`${edge.from} → ${edge.to}\n${all}\ntaken ${times} times (${byReplica})`}</title>
      <polyline class="wide" points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      <polyline
        points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
        stroke-width={times === 0 ? 1 : Math.min(4, 1.2 + Math.log10(times) * 0.7)}
        marker-end={`url(#arrow-${how === '' ? 'plain' : 'strong'})`}
      />
      {label?.lines.map((line, at) => (
        <text key={line} x={label.x} y={label.y + 10 + at * 13}>
          {line}
          {at === 0 && times > 0 && <tspan class="count"> {short(times)}×</tspan>}
        </text>
      ))}
    </g>
  )
}

interface PathNumberProps {
  readonly edge: LaidOutEdge
  readonly numbers: readonly number[]
  readonly rank: number
}

function PathNumber({ edge, numbers, rank }: PathNumberProps): JSX.Element {
  const { x, y } = along(edge.points, 0.4)
  const text = numbers.length > 3 ? `${numbers.slice(0, 2).join(', ')} …` : numbers.join(', ')
  const width = Math.max(20, 10 + text.length * 7)
  return (
    <g class="path-number">
      <rect class={`fill-${rank}`} x={x - width / 2} y={y - 10} width={width} height={20} rx={10} />
      <text x={x} y={y + 4}>
        {text}
      </text>
    </g>
  )
}

/** The point at a share of a line's length. */
function along(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map(({ x, y }, at) => Math.hypot(x - points[at]!.x, y - points[at]!.y))
  let left = lengths.reduce((sum, each) => sum + each, 0) * share
  for (const [at, length] of lengths.entries()) {
    const [a, b] = [points[at]!, points[at + 1]!]
    if (left <= length && length > 0)
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length }
    left -= length
  }
  return points.at(-1) ?? { x: 0, y: 0 }
}
