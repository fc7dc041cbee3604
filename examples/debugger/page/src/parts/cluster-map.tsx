import type { JSX } from 'preact'
import type { State } from '../../../model/state.ts'
import type { LinkSummary, Summary } from '../../../model/summary.ts'
import { duration } from '../../../model/words.ts'
import type { Member } from '../../../trace/format.ts'
import { short } from './words.ts'

interface Props {
  readonly state: State
  readonly summary: Summary
  readonly onReplica?: (member: Member) => void
  readonly onLink?: (a: Member, b: Member) => void
}

const size = 460
const middle = size / 2

/** Replicas and the links between them. */
export function ClusterMap({ state, summary, onReplica, onLink }: Props): JSX.Element {
  const { members, names } = state.header
  const spots = members.map((_, rank) => {
    const angle = (2 * Math.PI * rank) / members.length - Math.PI / 2
    return { x: middle + Math.cos(angle) * 160, y: middle + 18 + Math.sin(angle) * 155 }
  })
  const linkOf = (from: Member, to: Member) => summary.links.find(each => each.from === from && each.to === to)!
  return (
    <svg class="map" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="Replicas and links">
      {members.flatMap((a, rank) =>
        members.slice(rank + 1).map((b, more) => {
          const [from, to] = [spots[rank]!, spots[rank + 1 + more]!]
          return (
            <LinkLine
              key={`${a}-${b}`}
              from={from}
              to={to}
              there={linkOf(a, b)}
              back={linkOf(b, a)}
              sent={state.links[rank]![rank + 1 + more]!.sent + state.links[rank + 1 + more]![rank]!.sent}
              isUp={state.replicas[rank]!.isUp && state.replicas[rank + 1 + more]!.isUp}
              names={[names[rank]!, names[rank + 1 + more]!]}
              {...(onLink === undefined ? undefined : { onClick: () => onLink(a, b) })}
            />
          )
        }),
      )}
      {members.map((member, rank) => {
        const { x, y } = spots[rank]!
        const replica = state.replicas[rank]!
        const suspects = members.filter(
          (_, other) => other !== rank && state.links[other]![rank]!.state === 'suspected',
        )
        const words = !replica.isUp
          ? `down ${duration(state.ms - replica.sinceMs)}`
          : suspects.length > 0
            ? `suspected by ${suspects.map(each => names[members.indexOf(each)]).join(', ')}`
            : replica.state
        return (
          <g
            key={member}
            class={`node ${replica.isUp ? '' : 'down'} ${onReplica === undefined ? '' : 'points'}`}
            {...(onReplica === undefined ? undefined : pressable(() => onReplica(member)))}
            data-replica={member}
          >
            <title>{`${names[rank]}: ${words}`}</title>
            <circle class={`fill-${rank}`} cx={x} cy={y} r={30} />
            <text class="name" x={x} y={y + 7}>
              {names[rank]}
            </text>
            <text
              class={`words ${!replica.isUp ? 'alarm' : suspects.length > 0 ? 'warn' : ''}`}
              x={x}
              y={y + (rank === 0 ? -38 : 48)}
            >
              {words}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

/** What a button would do, for parts of a drawing. */
const pressable = (press: () => void) => ({
  role: 'button' as const,
  tabIndex: 0,
  onClick: press,
  onKeyDown: (event: KeyboardEvent) => {
    if (event.key === 'Enter') press()
  },
})

interface LinkLineProps {
  readonly from: { readonly x: number; readonly y: number }
  readonly to: { readonly x: number; readonly y: number }
  readonly there: LinkSummary
  readonly back: LinkSummary
  /** In both directions, so far. */
  readonly sent: number
  readonly isUp: boolean
  readonly names: readonly [string, string]
  readonly onClick?: () => void
}

function LinkLine({ from, to, there, back, sent, isUp, names, onClick }: LinkLineProps): JSX.Element {
  const isCut = there.isCut || back.isCut
  const isSuspected = there.state === 'suspected' || back.state === 'suspected'
  const how = isCut ? 'cut' : !isUp ? 'down' : isSuspected ? 'suspected' : ''
  const roundTrip = there.roundTripMs ?? back.roundTripMs
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2]
  const rate = there.perSecond + back.perSecond
  const words = isCut
    ? `✂ cut ${there.isCut && back.isCut ? 'both ways' : there.isCut ? `${names[0]}→${names[1]}` : `${names[1]}→${names[0]}`}`
    : rate === 0
      ? `${short(sent)} messages`
      : `${short(rate)} msg/s`
  const lost = there.lost + back.lost
  return (
    <g
      class={`link ${how} ${onClick === undefined ? '' : 'points'}`}
      {...(onClick === undefined ? undefined : pressable(onClick))}
      data-link={`${there.from}-${there.to}`}
    >
      <title>{`${names[0]} – ${names[1]}: ${short(rate)} messages a second, ${there.inFlight + back.inFlight} under way, ${lost} lost`}</title>
      <line class="wide" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      <line
        class="line"
        x1={from.x}
        y1={from.y}
        x2={to.x}
        y2={to.y}
        stroke-width={1.5 + Math.min(4, Math.log10(1 + rate))}
      />
      <rect x={x - 52} y={y - 17} width={104} height={34} rx={6} />
      <text x={x} y={y - 3}>
        {words}
      </text>
      <text class="soft" x={x} y={y + 11}>
        {roundTrip === undefined ? 'round trip –' : `round trip ${duration(roundTrip)}`}
      </text>
    </g>
  )
}
