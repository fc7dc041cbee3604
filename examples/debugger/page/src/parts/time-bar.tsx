import type { JSX } from 'preact'
import { eventInWords } from '../../../model/words.ts'
import { palette } from '../draw/colours.ts'
import { sourceKind } from '../state/connection.ts'
import { changeSpeed, follow, goTo, isPlaying, speed, step, togglePlaying } from '../state/player.ts'
import { calm, density, frame, shown } from '../state/shown.ts'
import { Linked } from './replica.tsx'
import { count, timeInWords } from './words.ts'

/** The one cursor of all views, over the whole trace. */
export function TimeBar(): JSX.Element | null {
  frame.value
  const timeline = shown.value
  if (timeline === undefined) return null
  const { first, last, cursor, isAtEnd, header, state } = timeline
  const event = timeline.event(cursor)
  const isLive = sourceKind.value === 'live'
  return (
    <footer class="time">
      <div class="buttons">
        <button type="button" onClick={() => goTo(first)} title="To the beginning (Home)" aria-label="To the beginning">
          |◀
        </button>
        <button type="button" onClick={() => step(-1)} title="One event back (←)" aria-label="One event back">
          ◀
        </button>
        <button type="button" class="play" onClick={togglePlaying} title="Play, pause (Space)">
          {isPlaying.value ? '❚❚ Pause' : '▶ Play'}
        </button>
        <button type="button" onClick={() => step(1)} title="One event forward (→)" aria-label="One event forward">
          ▶
        </button>
        <button
          type="button"
          class={isAtEnd && isLive ? 'on live' : ''}
          onClick={follow}
          title="To the end, and along with it (End or l)"
        >
          {isLive ? '● Live' : '▶|'}
        </button>
        <span class="speed">
          <button type="button" class="quiet" onClick={() => changeSpeed(-1)} title="Slower (<)" aria-label="Slower">
            −
          </button>
          {speed.value}×
          <button type="button" class="quiet" onClick={() => changeSpeed(1)} title="Faster (>)" aria-label="Faster">
            +
          </button>
        </span>
      </div>
      <div class="strip">
        <Strip />
        <input
          id="cursor"
          type="range"
          aria-label="Cursor: an event of the trace"
          min={first}
          max={Math.max(last, first + 1)}
          value={cursor}
          onInput={({ currentTarget }) => {
            isPlaying.value = false
            goTo(Number(currentTarget.value))
          }}
        />
      </div>
      <div class="now">
        <b data-test="cursor">
          {timeInWords(state.ms)} · event {count(cursor)} of {count(last)}
        </b>
        <span class="cut" title="The event at the cursor">
          {event === undefined ? (
            'before the first event'
          ) : (
            <Linked header={header} text={eventInWords(header, event)} />
          )}
        </span>
      </div>
    </footer>
  )
}

const wide = 1_000
const high = 26

/** How much happened when; faults, violations and captions marked. By events, as the cursor is. */
function Strip(): JSX.Element {
  calm.value
  const timeline = shown.value!
  const { strip } = density
  const { first, last } = timeline
  const span = Math.max(1, last - first)
  const colours = palette.value
  // The cursor moves by events, so the strip shows time per event turned around: bins in the order of their events.
  const most = Math.max(1, ...strip.counts)
  let at = 0
  const total = strip.counts.reduce((sum, each) => sum + each, 0)
  const dropped = total - span
  const bars = strip.counts.flatMap((events, bin) => {
    const from = at - dropped
    at += events
    if (events === 0 || at - dropped <= 0) return []
    const tall = Math.max(2, (events / most) * high)
    return [{ bin, x: (Math.max(0, from) / span) * wide, width: Math.max(0.5, (events / span) * wide - 0.4), tall }]
  })
  return (
    <svg viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map(({ bin, x, width, tall }) => (
        <rect key={bin} x={x} y={high - tall} width={width} height={tall} fill={colours.faint} />
      ))}
      {strip.marks
        .filter(({ cursor }) => cursor > first)
        .map(({ cursor, kind }) => (
          <rect
            key={cursor}
            x={((cursor - first) / span) * wide}
            y={kind === 'caption' ? high / 2 : 0}
            width={kind === 'violation' ? 4 : 1.5}
            height={high}
            fill={kind === 'violation' ? colours.alarm : kind === 'caption' ? colours.accent : colours.warn}
          />
        ))}
    </svg>
  )
}
