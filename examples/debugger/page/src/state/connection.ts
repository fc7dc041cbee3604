import { signal } from '@preact/signals'
import { Density } from '../../../model/density.ts'
import { Timeline } from '../../../model/timeline.ts'
import type { FromPage, SourceKind, ToPage } from '../../../server/protocol.ts'
import { pageLimits } from '../limits.ts'
import { onEvents, onOpened } from './address.ts'
import { pick } from './choices.ts'
import { captionEnds, density, shown, touch } from './shown.ts'

/** What the program tells, and what it is told. */

export type WorldState = Extract<ToPage, { type: 'world' }>
export const connection = signal<'connecting' | 'open' | 'lost'>('connecting')
export const sourceKind = signal<SourceKind | undefined>(undefined)
export const world = signal<WorldState | undefined>(undefined)
/** Why what was asked for last cannot be done. */
export const refusal = signal<string | undefined>(undefined)

type Told = Extract<ToPage, { type: 'open' | 'source' | 'events' | 'cut' }>
/** In the order in which they came. The program sends no more events than it may wait for. */
let queue: Told[] = []
/** Events of the first that are taken in already. */
let taken = 0
let socket: WebSocket | undefined

export function say(message: FromPage): void {
  if (socket?.readyState !== WebSocket.OPEN) return
  if (message.type !== 'ack') refusal.value = undefined
  socket.send(JSON.stringify(message))
}

export function connect(): void {
  const own = new WebSocket(`ws://${location.host}/trace${location.search}`)
  socket = own
  own.onopen = () => {
    connection.value = 'open'
    queue = []
    taken = 0
  }
  own.onmessage = ({ data }) => received(JSON.parse(String(data)) as ToPage)
  own.onclose = () => {
    connection.value = 'lost'
    setTimeout(connect, pageLimits.redialDelayMs)
  }
}

function received(message: ToPage): void {
  switch (message.type) {
    case 'world':
      world.value = message
      return
    case 'refused':
      refusal.value = message.why
      return
    case 'open':
      queue = []
      taken = 0
  }
  queue.push(message)
}

/** Takes in what has come, as long as a frame has time for it. */
export function takeIn(): void {
  const until = performance.now() + pageLimits.takeInMs
  let isEvents = false
  while (queue.length > 0 && !isHeldUp() && performance.now() < until) {
    const message = queue[0]!
    if (message.type === 'events') {
      const part = message.events.slice(taken, taken + pageLimits.takeInEvents)
      const timeline = shown.value!
      part.forEach((event, at) => {
        density.strip.add(event, timeline.last + at + 1)
      })
      timeline.append(part)
      taken += part.length
      isEvents = true
      touch()
      if (taken < message.events.length) continue
    } else if (message.type === 'open') opened(new Timeline(message.header, pageLimits.heldEventsMax))
    else if (message.type === 'source') {
      sourceKind.value = message.kind
      onOpened(shown.value!.header, message.kind)
    } else cut(message.after)
    queue.shift()
    taken = 0
  }
  if (isEvents) {
    const timeline = shown.value!
    say({ type: 'ack', cursor: timeline.last })
    onEvents(timeline, captionEnds(density.strip, timeline.last)[0])
  }
}

/** A recording waits for who reads it slowly: what a replica does waits for nobody. */
function isHeldUp(): boolean {
  const timeline = shown.value
  if (sourceKind.value !== 'recording' || timeline === undefined || timeline.isAtEnd) return false
  const held = timeline.last - timeline.first
  return held > 0.85 * pageLimits.heldEventsMax && timeline.cursor - timeline.first < held / 2
}

function opened(timeline: Timeline): void {
  shown.value = timeline
  density.strip = new Density()
  pick(undefined)
  touch(true)
}

function cut(after: number): void {
  const timeline = shown.value!
  timeline.cut(after)
  density.strip = density.strip.cut(timeline)
  touch(true)
}
