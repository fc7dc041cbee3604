import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { State } from '../../../model/state.ts'
import { summaryOf } from '../../../model/summary.ts'
import type { Timeline } from '../../../model/timeline.ts'
import { duration, eventInWords } from '../../../model/words.ts'
import type { Intervention } from '../../../server/protocol.ts'
import type { Member, TraceEvent, TraceHeader } from '../../../trace/format.ts'
import { nameOf } from '../../../trace/ids.ts'
import { ClusterMap } from '../parts/cluster-map.tsx'
import { InstanceLink, Linked, Replica } from '../parts/replica.tsx'
import { count, timeInWords } from '../parts/words.ts'
import { doDeed, runFor, runOrPause, stepWorld, toNextInteresting, worldSpeed } from '../parts/world-orders.ts'
import { refusal, say, type WorldState, world } from '../state/connection.ts'
import { calm, shown, stateCalmly } from '../state/shown.ts'

const forMs = signal(500)
const flyingMax = 6
const happenedMax = 14
const happenedScannedMax = 2_000

/** A simulated cluster that one runs, stops, and does things to. */
export function WorldView(): JSX.Element | null {
  const state = stateCalmly()
  const steered = world.value
  if (state === undefined) return null
  if (steered === undefined)
    return (
      <div class="main">
        <p class="empty">
          This is {state.header.source === 'live' ? 'a real cluster: it is looked at, and not steered' : 'a recording'}.
          A seeded world, which you run, stop and break by hand, opens with
          <code>npm run -s epaxos -- debug --seed 5</code>
        </p>
      </div>
    )
  return <Steered state={state} steered={steered} />
}

function Steered({ state, steered }: { state: State; steered: WorldState }): JSX.Element {
  const timeline = shown.value!
  const summary = summaryOf(state)
  return (
    <div class="main scrolls">
      <p class="lead">
        A whole cluster in a simulation: the same seed is the same history, to the byte. Run it, step it, and break it
        by hand; what you do is done at the cursor, and another future follows from there.
      </p>
      <div class="orders">
        <button type="button" class="primary" onClick={runOrPause} disabled={steered.isOver} data-test="run">
          {steered.isRunning ? '❚❚ Pause' : '▶ Run'} <kbd>r</kbd>
        </button>
        <select
          aria-label="Speed"
          value={String(worldSpeed.value)}
          onChange={({ currentTarget }) => {
            worldSpeed.value = Number(currentTarget.value)
            if (steered.isRunning) say({ type: 'run', speed: worldSpeed.value })
          }}
        >
          <option value="0.01">1/100 of real time</option>
          <option value="0.1">1/10 of real time</option>
          <option value="1">real time</option>
          <option value="0">as fast as it goes</option>
        </select>
        <button type="button" onClick={stepWorld} disabled={steered.isOver}>
          Step <kbd>s</kbd>
        </button>
        <button type="button" onClick={() => runFor(100)} disabled={steered.isOver}>
          +100 ms <kbd>x</kbd>
        </button>
        <button type="button" onClick={toNextInteresting} disabled={steered.isOver} data-test="next">
          Next interesting event <kbd>i</kbd>
        </button>
        <span class="soft" data-test="world">
          {timeInWords(steered.nowMs)}, step {count(steered.steps)}
          {steered.isOver && ', the world is over'}
        </span>
      </div>
      {refusal.value !== undefined && <p class="note alarm">{refusal.value}</p>}
      <div class="cards">
        <section class="card">
          <h3>Click a replica to crash it, a link to cut or heal it</h3>
          <p class="filters">
            <label>
              for
              <select
                value={String(forMs.value)}
                onChange={({ currentTarget }) => {
                  forMs.value = Number(currentTarget.value)
                }}
              >
                {[50, 200, 500, 2_000, 10_000].map(each => (
                  <option key={each} value={each}>
                    {duration(each)}
                  </option>
                ))}
              </select>
            </label>
            <span class="soft">
              {timeline.isAtEnd
                ? 'done now'
                : `done at the cursor, ${timeInWords(state.ms)}: what follows it is undone`}
            </span>
          </p>
          <ClusterMap
            state={state}
            summary={summary}
            onReplica={member => doDeed({ do: 'crash', member, downMs: forMs.value })}
            onLink={(a, b) => cutOrHeal(state, a, b)}
          />
          <Apart state={state} />
        </section>
        <section class="card">
          <h3>Under way: drop or delay a message</h3>
          <Flying state={state} />
          <h3>What happened last</h3>
          <Happened timeline={timeline} />
        </section>
        <section class="card">
          <h3>What you did</h3>
          <Done header={state.header} steered={steered} />
          <h3>Another world</h3>
          <OtherWorld steered={steered} />
        </section>
      </div>
    </div>
  )
}

function cutOrHeal(state: State, a: Member, b: Member): void {
  const { members } = state.header
  const links = [
    [a, b],
    [b, a],
  ] as const
  const isCut = links.some(([from, to]) => state.links[members.indexOf(from)]![members.indexOf(to)]!.isCut)
  doDeed(isCut ? { do: 'heal', links } : { do: 'cut', links, forMs: forMs.value })
}

/** One replica apart from all others. */
function Apart({ state: { header } }: { state: State }): JSX.Element {
  return (
    <p class="filters">
      Partition off:
      {header.members.map(member => (
        <button
          key={member}
          type="button"
          onClick={() =>
            doDeed({
              do: 'cut',
              links: header.members
                .filter(each => each !== member)
                .flatMap(each => [[member, each] as const, [each, member] as const]),
              forMs: forMs.value,
            })
          }
        >
          <Replica header={header} member={member} />
        </button>
      ))}
    </p>
  )
}

function Flying({ state }: { state: State }): JSX.Element {
  const { header } = state
  const all = [...state.flying].filter(([, { type }]) => type !== 'heartbeat').reverse()
  if (all.length === 0)
    return <p class="soft">No message is under way at the cursor (heartbeats aside). Step on, or go back a little.</p>
  return (
    <>
      <table>
        <tbody>
          {all.slice(0, flyingMax).map(([no, { from, to, type, id }]) => (
            <tr key={no}>
              <td>
                <Replica header={header} member={from} /> → <Replica header={header} member={to} />
              </td>
              <td>
                {type} {id !== undefined && <InstanceLink header={header} id={id} />}
              </td>
              <td class="number">
                <button type="button" onClick={() => doDeed({ do: 'drop', no })}>
                  drop
                </button>{' '}
                <button type="button" onClick={() => doDeed({ do: 'delay', no, byMs: forMs.value })}>
                  delay
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > flyingMax && <p class="soft">and {all.length - flyingMax} earlier ones</p>}
    </>
  )
}

/** The latest events; heartbeats and what replicas say to themselves aside. */
function Happened({ timeline }: { timeline: Timeline }): JSX.Element {
  calm.value
  const { header, cursor } = timeline
  const rows: { cursor: number; event: TraceEvent }[] = []
  const lowest = Math.max(timeline.first, cursor - happenedScannedMax)
  for (let at = cursor; at > lowest && rows.length < happenedMax; at--) {
    const event = timeline.event(at)!
    const isNoise = 'message' in event ? event.message.id === undefined : event.kind.startsWith('flush')
    if (!isNoise) rows.push({ cursor: at, event })
  }
  if (rows.length === 0) return <p class="soft">Nothing yet. Press Run.</p>
  return (
    <ul class="happened">
      {rows.map(({ cursor, event }) => (
        <li key={cursor}>
          <span class="number">{timeInWords(event.ms)}</span>
          <span class="cut">
            <Linked header={header} text={eventInWords(header, event)} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function Done({ header, steered }: { header: TraceHeader; steered: WorldState }): JSX.Element {
  const { interventions, which } = steered.link
  const link = `${location.origin}/${location.search}#world=${encodeURIComponent(JSON.stringify(steered.link))}`
  return (
    <>
      {interventions.length === 0 ? (
        <p class="soft">Nothing: this is seed {which.seed} as it is.</p>
      ) : (
        <ol>
          {interventions.map((each, at) => (
            <li key={at}>{deedInWords(header, each)}</li>
          ))}
        </ol>
      )}
      <p>
        <Copy text={link} label="Copy the link" /> <Copy text={steered.command} label="Copy the command" />
      </p>
      <p>
        <code class="cut">{steered.command}</code>
      </p>
    </>
  )
}

function deedInWords(header: TraceHeader, { step, deed }: Intervention): string {
  const name = (member: Member) => nameOf(header, member)
  const when = `after step ${count(step)}: `
  switch (deed.do) {
    case 'crash':
      return `${when}${name(deed.member)} crashes for ${duration(deed.downMs)}`
    case 'cut':
      return `${when}cut ${deed.links.map(([a, b]) => `${name(a)}→${name(b)}`).join(' ')} for ${duration(deed.forMs)}`
    case 'heal':
      return `${when}heal ${deed.links.map(([a, b]) => `${name(a)}→${name(b)}`).join(' ')}`
    case 'drop':
      return `${when}message ${deed.no} is dropped`
    case 'delay':
      return `${when}message ${deed.no} comes ${duration(deed.byMs)} later`
  }
}

function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const [isDone, setDone] = useState(false)
  return (
    <button
      type="button"
      onClick={async () => {
        await navigator.clipboard.writeText(text)
        setDone(true)
      }}
    >
      {isDone ? '✓ copied' : label}
    </button>
  )
}

function OtherWorld({ steered }: { steered: WorldState }): JSX.Element {
  const [seed, setSeed] = useState(String(steered.link.which.seed))
  const [isBiased, setBiased] = useState(steered.link.which.biased === true)
  const open = (event: Event) => {
    event.preventDefault()
    const number = Number(seed)
    if (!Number.isSafeInteger(number) || number < 0) return
    say({ type: 'world', link: { which: { seed: number, ...(isBiased ? { biased: true } : {}) }, interventions: [] } })
  }
  return (
    <form class="filters" onSubmit={open}>
      <label>
        seed
        <input
          type="text"
          inputMode="numeric"
          size={6}
          value={seed}
          onInput={({ currentTarget }) => setSeed(currentTarget.value)}
        />
      </label>
      <label title="Few keys, coordinators that die in the middle of preAccept, clogged links">
        <input type="checkbox" checked={isBiased} onChange={({ currentTarget }) => setBiased(currentTarget.checked)} />
        biased to trouble
      </label>
      <button type="submit">Open</button>
    </form>
  )
}
