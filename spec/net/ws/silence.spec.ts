import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../machines/protocol/clock.ts'
import { watchSilence } from '../../../net/ws/silence.ts'

/** A clock that goes only where it is told to. */
class ManualClock implements Clock {
  #now = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []
  now(): number {
    return this.#now
  }
  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return timer
  }
  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter(timer => timer !== handle)
  }
  /** Time passes; timers that are due fire late, as after a pause of the process. */
  jump(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(timer => timer.at <= this.#now)
    this.#timers = this.#timers.filter(timer => timer.at > this.#now)
    for (const timer of due) timer.callback()
  }
}

describe('ws silence', () => {
  let clock: ManualClock
  let socket: EventEmitter & { pings: number }
  let silent: number[]
  let watch: { stop(): void }
  let received: number
  let isPaused: boolean
  beforeEach(() => {
    clock = new ManualClock()
    socket = Object.assign(new EventEmitter(), {
      pings: 0,
      OPEN: 1,
      readyState: 1,
      ping: () => {
        socket.pings++
      },
    })
    silent = []
    received = 0
    isPaused = false
    const silence = (ms: number) => silent.push(ms)
    const webSocket = socket as unknown as WebSocket
    watch = watchSilence(
      webSocket,
      clock,
      100,
      silence,
      () => received,
      () => isPaused,
    )
  })

  it('pings, and is content with any sign of life', () => {
    for (const sign of ['pong', 'message', 'ping', 'pong', 'message']) {
      clock.jump(100)
      clock.jump(1)
      socket.emit(sign)
      clock.jump(99)
    }
    expect(socket.pings).to.be.greaterThan(4)
    expect(silent).to.deep.equal([])
  })

  it('gives up after two unanswered pings', () => {
    clock.jump(100)
    clock.jump(100)
    expect(silent).to.deep.equal([])
    clock.jump(100)
    expect(silent).to.deep.equal([300])
  })

  it('takes bytes of a frame that has not come whole for a sign of life: a large one on a slow link', () => {
    for (let at = 0; at < 20; at++) {
      received += 1_000
      clock.jump(100)
    }
    expect(silent).to.deep.equal([])
    for (let at = 0; at < 3; at++) clock.jump(100)
    expect(silent, 'and then nothing more came').to.have.length(1)
  })

  it('blames nobody whom it does not read', () => {
    isPaused = true
    for (let at = 0; at < 20; at++) clock.jump(100)
    expect(silent).to.deep.equal([])
    isPaused = false
    for (let at = 0; at < 3; at++) clock.jump(100)
    expect(silent).to.have.length(1)
  })

  it('blames nobody for a pause of its own', () => {
    clock.jump(100)
    clock.jump(100)
    clock.jump(10_000)
    expect(silent).to.deep.equal([])
    socket.emit('pong')
    clock.jump(100)
    clock.jump(100)
    expect(silent).to.deep.equal([])
  })

  it('ends with its socket', () => {
    watch.stop()
    clock.jump(1_000)
    expect(socket.pings).to.equal(0)
  })
})
