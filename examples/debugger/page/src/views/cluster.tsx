import type { JSX } from 'preact'
import type { State } from '../../../model/state.ts'
import type { LinkSummary, Percentiles } from '../../../model/summary.ts'
import { summaryOf } from '../../../model/summary.ts'
import { duration, eventInWords, gateInWords, readsInWords } from '../../../model/words.ts'
import type { TraceHeader } from '../../../trace/format.ts'
import { nameOf } from '../../../trace/ids.ts'
import { palette } from '../draw/colours.ts'
import { ClusterMap } from '../parts/cluster-map.tsx'
import { Replica } from '../parts/replica.tsx'
import { count, short, timeInWords } from '../parts/words.ts'
import { goTo } from '../state/player.ts'
import { density, shown, stateCalmly } from '../state/shown.ts'

/** How the cluster is. */
export function ClusterView(): JSX.Element | null {
  const state = stateCalmly()
  if (state === undefined) return null
  const summary = summaryOf(state)
  const { totals, header } = state
  const decided = totals.fast + totals.slow
  return (
    <div class="main scrolls">
      <p class="lead">
        Replicas, what they think of each other, and how fast commands are decided: the fast path takes one round trip
        to a quorum, the slow path two.
      </p>
      <div class="cards">
        <section class="card">
          <h3>Replicas and links</h3>
          <ClusterMap state={state} summary={summary} />
          <ul class="gates">
            {state.replicas
              .filter(({ isUp, gate }) => isUp && gate.waiting > 0)
              .map(({ member, gate }) => (
                <li key={member}>
                  {nameOf(state.header, member)}: {gateInWords(gate)}
                </li>
              ))}
            {state.replicas
              .filter(({ isUp, reads }) => isUp && reads.waiting > 0)
              .map(({ member, reads }) => (
                <li key={`reads ${member}`}>
                  {nameOf(state.header, member)}: {readsInWords(state.header, reads)}
                </li>
              ))}
          </ul>
        </section>
        <div class="stack">
          <section class="card">
            <h3>Fast path</h3>
            {summary.fastShare === undefined ? (
              <p class="soft">Nothing is decided yet.</p>
            ) : (
              <>
                <p class="figure">
                  {(summary.fastShare * 100).toFixed(1)} % <span class="soft">of {count(decided)} decisions</span>
                </p>
                <Share share={summary.fastShare} />
              </>
            )}
          </section>
          <section class="card">
            <h3>Latency at the coordinator</h3>
            <table>
              <thead>
                <tr>
                  <th>from proposal to</th>
                  <th class="number">median</th>
                  <th class="number">p99</th>
                  <th class="number">most</th>
                </tr>
              </thead>
              <tbody>
                <Latency name="commit" of={summary.commit} />
                <Latency name="execution" of={summary.execute} />
              </tbody>
            </table>
          </section>
          <section class="card">
            <h3>So far</h3>
            <dl class="figures">
              <Figure name="executed" value={totals.executed} />
              <Figure name="not executed everywhere" value={summary.unfinished} />
              <Figure name="messages" value={totals.messages} />
              <Figure name="messages lost" value={totals.lost} />
              <Figure name="recoveries begun" value={totals.recoveries} />
              <Figure name="found by recovery" value={totals.found} />
              <Figure name="decided Nop" value={totals.nops} />
              <Figure name="crashes" value={totals.crashes} />
              <Figure name="events not told" value={totals.lostEvents + totals.skippedEvents} />
            </dl>
          </section>
        </div>
        <section class="card">
          <h3>Links, each way</h3>
          <table>
            <thead>
              <tr>
                <th>from → to</th>
                <th>believed</th>
                <th class="number">msg/s</th>
                <th class="number">round trip</th>
                <th class="number">lost</th>
              </tr>
            </thead>
            <tbody>
              {summary.links.map(link => (
                <LinkRow key={`${link.from}-${link.to}`} header={header} link={link} />
              ))}
            </tbody>
          </table>
        </section>
      </div>
      <section class="card">
        <h3>The whole trace</h3>
        <WholeTrace state={state} />
      </section>
    </div>
  )
}

const Share = ({ share }: { share: number }): JSX.Element => (
  <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect width="100" height="6" class="slow" />
    <rect width={share * 100} height="6" class="fast" />
  </svg>
)

const Latency = ({ name, of }: { name: string; of: Percentiles }): JSX.Element => (
  <tr>
    <td>{name}</td>
    {[of.p50, of.p99, of.max].map((value, at) => (
      <td key={at} class="number">
        {value === undefined ? '–' : duration(value)}
      </td>
    ))}
  </tr>
)

const Figure = ({ name, value }: { name: string; value: number }): JSX.Element => (
  <div>
    <dt>{name}</dt>
    <dd data-test={name}>{count(value)}</dd>
  </div>
)

const LinkRow = ({ header, link }: { header: TraceHeader; link: LinkSummary }): JSX.Element => (
  <tr>
    <td>
      <Replica header={header} member={link.from} /> → <Replica header={header} member={link.to} />
    </td>
    <td class={link.isCut ? 'alarm' : link.state === 'suspected' ? 'warn' : ''}>{link.isCut ? 'cut' : link.state}</td>
    <td class="number">{short(link.perSecond)}</td>
    <td class="number">{link.roundTripMs === undefined ? '–' : duration(link.roundTripMs)}</td>
    <td class="number">{count(link.lost)}</td>
  </tr>
)

const wide = 1_200
const high = 70
const listedMax = 40

/** Events over time; faults, violations, gaps. */
function WholeTrace({ state }: { state: State }): JSX.Element {
  const timeline = shown.value!
  const { strip } = density
  const { counts, binMs, fromMs, marks } = strip
  const colours = palette.value
  const most = Math.max(1, ...counts)
  const bins = Math.max(1, counts.length)
  const x = (ms: number) => ((ms - fromMs) / (bins * binMs)) * wide
  const listed = marks.filter(({ cursor }) => cursor > timeline.first).slice(-listedMax)
  return (
    <>
      <svg
        class="whole"
        viewBox={`0 0 ${wide} ${high}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Events over time"
      >
        {counts.map((events, bin) => {
          const tall = events === 0 ? 0 : Math.max(1.5, (events / most) * (high - 6))
          return (
            <rect
              key={bin}
              x={(bin / bins) * wide}
              y={high - tall}
              width={Math.max(0.6, wide / bins - 0.5)}
              height={tall}
              fill={colours.faint}
            />
          )
        })}
        {marks.map(({ ms, cursor, kind }) => (
          <rect
            key={cursor}
            x={x(ms)}
            y={0}
            width={kind === 'violation' ? 4 : 1.5}
            height={kind === 'caption' ? 10 : high}
            fill={kind === 'violation' ? colours.alarm : kind === 'caption' ? colours.accent : colours.warn}
          />
        ))}
        <rect x={x(state.ms)} y={0} width={2} height={high} fill={colours.ink} />
      </svg>
      <p class="soft">
        {timeInWords(fromMs)} to {timeInWords(fromMs + bins * binMs)}, {count(most)} events in the fullest{' '}
        {duration(binMs)}; orange: faults and gaps, red: violations, black: the cursor.
      </p>
      {listed.length === 0 ? (
        <p class="soft">No faults, no violations.</p>
      ) : (
        <ul class="marks">
          {listed.map(({ cursor, ms, kind, what }) => {
            const event = timeline.event(cursor)
            return (
              <li key={cursor}>
                <button type="button" class={`quiet ${kind}`} onClick={() => goTo(cursor)}>
                  {timeInWords(ms)} <b>{kind}</b> {event === undefined ? what : eventInWords(state.header, event)}
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </>
  )
}
