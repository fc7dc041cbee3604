import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type MessageGroup, messageTypes } from '../../../model/protocol.ts'
import { idsOf, type Timeline } from '../../../model/timeline.ts'
import { eventInWords } from '../../../model/words.ts'
import { labelOf } from '../../../trace/ids.ts'
import { Canvas } from '../draw/canvas.tsx'
import { palette } from '../draw/colours.ts'
import { Linked } from '../parts/replica.tsx'
import { count } from '../parts/words.ts'
import { coneOf, pick, picked } from '../state/choices.ts'
import { goTo } from '../state/player.ts'
import { density, frame, shown } from '../state/shown.ts'
import { shownAtOnce } from '../state/zoom.ts'
import { coneAt, type Diagram, diagramOf, type Item } from './space-time/diagram.ts'
import { groupColour } from './space-time/draw-arrow.ts'
import { drawDiagram, lasts } from './space-time/draw-diagram.ts'
import { type Frame, type Places, placesOf, type Turn } from './space-time/frame.ts'

const onlyPicked = signal(true)
const key = signal('')
const type = signal('')
const withHeartbeats = signal(false)
const byTime = signal(false)

/** Who said what to whom, and what came of it. */
export function SpaceTimeView(): JSX.Element | null {
  const [over, setOver] = useState<Item | undefined>(undefined)
  frame.value
  const timeline = shown.value
  if (timeline === undefined) return null
  const id = onlyPicked.value ? picked.value : undefined
  const diagram = diagramOf(timeline, {
    id,
    key: key.value.trim(),
    type: type.value,
    withHeartbeats: withHeartbeats.value || type.value === 'heartbeat',
    max: shownAtOnce(),
  })
  const of = coneOf.value
  const what: Frame = {
    diagram,
    state: timeline.state,
    byTime: byTime.value,
    isOfOne: id !== undefined,
    cursor: timeline.cursor,
    cone: of === undefined ? undefined : { of, ...coneAt(timeline, of) },
    over,
    turns: turnsOf(timeline, diagram),
  }
  let places: Places | undefined
  const at = (x: number, y: number) => (places === undefined ? undefined : itemAt(what, places, x, y))
  return (
    <div class="main">
      <p class="lead">
        Time goes to the right. A line is a replica, an arrow a message; a red cross is one that was lost, a grey bar a
        flush to disk. Click an event to see all that may have caused it, and all that it may have caused.
        <Legend />
      </p>
      <Filters />
      <div class="fill">
        <Canvas
          label={`${diagram.items.length} events of ${timeline.header.members.length} replicas`}
          pointer={over !== undefined}
          draw={(pen, width, height) => {
            places = placesOf(what, width, height)
            drawDiagram(pen, what, places, palette.value)
          }}
          onPoint={(x, y) => setOver(at(x, y))}
          onLeave={() => setOver(undefined)}
          onPick={(x, y) => {
            const item = at(x, y)
            coneOf.value = item === undefined || coneOf.value === item.cursor ? undefined : item.cursor
            const [about] = item === undefined ? [] : idsOf(item.event)
            if (about !== undefined && !onlyPicked.value) pick(about)
          }}
          onScroll={delta => goTo(timeline.cursor + Math.sign(delta) * Math.max(1, Math.round(shownAtOnce() / 10)))}
        />
        {diagram.items.length === 0 && (
          <p class="empty">Nothing to see here: no event matches, or the cursor is at the beginning.</p>
        )}
      </div>
      <p class="foot">
        {over !== undefined ? (
          <b>
            <Linked header={timeline.header} text={eventInWords(timeline.header, over.event)} />
          </b>
        ) : what.cone !== undefined ? (
          <>
            Cone: {count(what.cone.before.size)} events may have led to this one, it may have led to{' '}
            {count(what.cone.after.size)}. <kbd>Esc</kbd> ends it.
          </>
        ) : (
          <Told diagram={diagram} />
        )}
      </p>
    </div>
  )
}

/** Crashes and boots up to where the diagram ends. */
function turnsOf(timeline: Timeline, { items }: Diagram): readonly Turn[] {
  const last = items.at(-1)?.cursor ?? 0
  return density.strip.marks.flatMap(({ cursor, kind }): readonly Turn[] => {
    const event = kind === 'fault' && cursor <= last ? timeline.event(cursor) : undefined
    if (event?.kind !== 'fault' || (event.what !== 'crash' && event.what !== 'boot')) return []
    return [{ cursor, members: event.members, isDown: event.what === 'crash' }]
  })
}

const Told = ({ diagram }: { diagram: Diagram }): JSX.Element => (
  <>
    {count(diagram.items.length)} events, {lasts(diagram)}
    {diagram.hidden > 0 &&
      ` · ${count(diagram.hidden)} in between are not drawn: heartbeats, own messages, what is filtered`}
    {diagram.isCutOff && ' · more outside (scroll, or move the cursor)'} · <kbd>+</kbd> <kbd>−</kbd> zoom
  </>
)

const groupWords: { readonly [Group in MessageGroup]: string } = {
  preAccept: 'pre-accept',
  accept: 'accept',
  commit: 'commit',
  recover: 'recovery',
  other: 'other',
}

function Legend(): JSX.Element {
  const colours = palette.value
  return (
    <span class="legend">
      {(Object.keys(groupWords) as MessageGroup[]).map(group => (
        <span key={group}>
          <svg width="22" height="8" aria-hidden="true">
            <line x1="0" y1="4" x2="22" y2="4" stroke={groupColour(group, colours)} stroke-width="3" />
          </svg>{' '}
          {groupWords[group]}
        </span>
      ))}
      <span class="soft">◆ committed ■ executed ● state entered ▲ timer; small numbers: Lamport's clock</span>
    </span>
  )
}

function Filters(): JSX.Element {
  const { header } = shown.value!
  return (
    <div class="filters">
      <label>
        <input
          type="checkbox"
          checked={onlyPicked.value && picked.value !== undefined}
          disabled={picked.value === undefined}
          onChange={({ currentTarget }) => {
            onlyPicked.value = currentTarget.checked
          }}
        />
        only {picked.value === undefined ? 'the picked instance' : labelOf(header, picked.value)}
      </label>
      <label>
        key
        <input
          type="text"
          value={key.value}
          placeholder="any"
          size={8}
          onInput={({ currentTarget }) => {
            key.value = currentTarget.value
          }}
        />
      </label>
      <label>
        message
        <select
          value={type.value}
          onChange={({ currentTarget }) => {
            type.value = currentTarget.value
          }}
        >
          <option value="">any</option>
          {messageTypes.map(each => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={withHeartbeats.value}
          onChange={({ currentTarget }) => {
            withHeartbeats.value = currentTarget.checked
          }}
        />
        heartbeats
      </label>
      <label>
        <input
          type="checkbox"
          checked={byTime.value}
          onChange={({ currentTarget }) => {
            byTime.value = currentTarget.checked
          }}
        />
        to scale (else one place an event)
      </label>
    </div>
  )
}

function itemAt({ diagram: { items }, state }: Frame, places: Places, x: number, y: number): Item | undefined {
  let best: Item | undefined
  let nearest = 14
  for (const item of items) {
    const rank = 'at' in item.event ? state.header.members.indexOf(item.event.at) : -1
    const far = Math.hypot(places.x(item) - x, rank < 0 ? 0 : places.lane(rank) - y)
    if (far >= nearest) continue
    nearest = far
    best = item
  }
  return best
}
