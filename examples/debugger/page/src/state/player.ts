import { signal } from '@preact/signals'
import { picked } from './choices.ts'
import { shown, touch } from './shown.ts'

/** Moves the cursor: by hand, or with time. */

export const isPlaying = signal(false)
/** Ms of the trace a real one. */
export const speed = signal(1)
export const speeds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const
/** Where playing stands, ms of the trace: between two events, too. */
let playedMs = 0

export function goTo(cursor: number): void {
  const timeline = shown.value
  if (timeline === undefined) return
  timeline.seek(cursor)
  playedMs = timeline.state.ms
  touch(true)
}

export function step(by: number): void {
  isPlaying.value = false
  goTo((shown.value?.cursor ?? 0) + by)
}

/** To the end, and along with it. */
export function follow(): void {
  isPlaying.value = false
  goTo(shown.value?.last ?? 0)
}

/** The next event that is about the picked instance; `-1`: the one before. */
export function stepOfPicked(direction: 1 | -1): void {
  const timeline = shown.value
  if (timeline === undefined || picked.value === undefined) return
  const cursors = timeline.eventsOf(picked.value)
  const to =
    direction === 1 ? cursors.find(each => each > timeline.cursor) : cursors.findLast(each => each < timeline.cursor)
  isPlaying.value = false
  if (to !== undefined) goTo(to)
}

/** From the end it begins anew, as players do. */
export function togglePlaying(): void {
  const timeline = shown.value
  if (timeline === undefined) return
  if (!isPlaying.value && timeline.isAtEnd) timeline.seek(timeline.first)
  isPlaying.value = !isPlaying.value
  playedMs = timeline.state.ms
  touch(true)
}

export function changeSpeed(by: 1 | -1): void {
  const at = speeds.findIndex(each => each >= speed.value)
  speed.value = speeds[Math.min(Math.max(at + by, 0), speeds.length - 1)]!
}

/** Called once a frame. */
export function play(elapsedMs: number): void {
  const timeline = shown.value
  if (!isPlaying.value || timeline === undefined) return
  playedMs += elapsedMs * speed.value
  const to = Math.max(timeline.cursorAt(playedMs), timeline.cursor)
  if (to !== timeline.cursor) {
    timeline.seek(to)
    touch()
  }
  if (timeline.isAtEnd) isPlaying.value = false
}
