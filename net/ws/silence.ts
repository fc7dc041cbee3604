import type { WebSocket } from 'ws'
import type { Clock } from '../../machines/protocol/clock.ts'

/**
 * Pings every `intervalMs` and reports some intervals, two of them unless told, without any sign of life: a socket to a stopped or partitioned
 * process stays open for a quarter of an hour by itself. Bytes of a frame that has not come whole yet are a sign of
 * life: a large frame on a slow link takes longer than any interval.
 * @param received number of bytes received so far, those of unfinished frames included
 * @param isPaused whether nothing is read from the socket now, so that nothing can be heard
 */
export function watchSilence(
  socket: WebSocket,
  clock: Clock,
  intervalMs: number,
  silent: (silentMs: number) => void,
  received: () => number = () => 0,
  isPaused: () => boolean = () => false,
  intervals = 2,
): { stop(): void } {
  let unanswered = 0
  let heardAt = clock.now()
  let dueAt = heardAt + intervalMs
  let bytes = received()
  let timer: unknown

  const heard = (): void => {
    unanswered = 0
    heardAt = clock.now()
  }
  const tick = (): void => {
    const now = clock.now()
    const bytesNow = received()
    if (bytesNow !== bytes || isPaused()) heard()
    bytes = bytesNow
    // A late timer shows that this process itself stood still: data that arrived meanwhile has not been read yet.
    if (now - dueAt > intervalMs / 2) unanswered = 0
    if (unanswered === intervals) {
      silent(Math.round(now - heardAt))
      return
    }
    unanswered++
    if (socket.readyState === socket.OPEN) socket.ping()
    dueAt = now + intervalMs
    timer = clock.setTimeout(tick, intervalMs)
  }
  socket.on('message', heard)
  socket.on('ping', heard)
  socket.on('pong', heard)
  timer = clock.setTimeout(tick, intervalMs)
  return { stop: () => clock.clearTimeout(timer) }
}
