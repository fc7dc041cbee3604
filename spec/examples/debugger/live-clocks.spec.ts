import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type WebSocket, WebSocketServer } from 'ws'
import type { DoorHeader } from '../../../examples/debugger/live/door.ts'
import { LiveSource } from '../../../examples/debugger/live/live-source.ts'
import { TraceLog } from '../../../examples/debugger/server/trace-log.ts'
import { encodeLine } from '../../../examples/debugger/trace/codec.ts'
import { traceVersion } from '../../../examples/debugger/trace/format.ts'
import { eventually } from '../../support/eventually.ts'

/** A replica as a debugger sees it: it tells something all the time, by a clock that is wrong. */
class TellingDoor {
  readonly endpoint: string
  readonly #server: WebSocketServer
  readonly #timers: NodeJS.Timeout[] = []
  told = 0
  connections = 0

  static async open(at: number, skewMs: number, answersPings = true): Promise<TellingDoor> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/tap', autoPong: answersPings })
    await once(server, 'listening')
    return new TellingDoor(server, at, skewMs, answersPings)
  }

  private constructor(server: WebSocketServer, at: number, skewMs: number, isTelling: boolean) {
    this.#server = server
    this.endpoint = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('connection', socket => {
      this.connections++
      const header: DoorHeader = {
        trace: 'epaxos',
        version: traceVersion,
        source: 'live',
        title: 'clocks',
        members: [1, 2, 3],
        names: ['1', '2', '3'],
        quorums: { slow: 2, fast: 2 },
        beganMs: performance.timeOrigin + skewMs,
        values: 'masked',
        limits: {},
        at,
        endpoints: {},
      }
      socket.send(encodeLine(header as never))
      this.#tell(socket, at)
      // After a suspend nothing comes any more, and nobody says so.
      if (isTelling) this.#timers.push(setInterval(() => this.#tell(socket, at), 20))
    })
  }

  #tell(socket: WebSocket, at: number): void {
    this.told++
    socket.send(encodeLine({ kind: 'flushBegan', ms: performance.now(), at, records: this.told }))
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}

describe('debugger: a live cluster whose clocks differ (input 15)', function () {
  this.timeout(60_000)
  const open: { close(): void }[] = []
  afterEach(() => {
    for (const each of open.splice(0)) each.close()
  })

  async function look(doors: readonly TellingDoor[]): Promise<TraceLog> {
    const log = new TraceLog()
    const source = new LiveSource({ log, endpoints: doors.map(({ endpoint }) => endpoint) })
    open.push(...doors, { close: () => source.end() })
    source.begin()
    return log
  }
  const latestOf = (log: TraceLog, member: number): number =>
    Math.max(
      0,
      ...log
        .read(0, Number.MAX_SAFE_INTEGER)
        .flatMap(event => (event.kind === 'flushBegan' && event.at === member ? [event.records] : [])),
    )

  for (const [how, skewsMs] of [
    ['the machine that looks is ten minutes behind', [600_000, 600_000, 600_000]],
    ['one replica is ten minutes ahead', [0, 600_000, 0]],
    ['all differ', [-3_600_000, 0, 900_000]],
  ] as const) {
    it(`${how}: each is seen as it tells`, async () => {
      const doors = await Promise.all(skewsMs.map((skewMs, at) => TellingDoor.open(at + 1, skewMs)))
      const log = await look(doors)
      await eventually('they tell', () => doors.every(({ told }) => told > 10))
      const told = doors.map(each => each.told)
      // Long before ten minutes are over.
      await eventually('it is seen', () => doors.every((_, at) => latestOf(log, at + 1) >= told[at]!))
      const times = log.read(0, Number.MAX_SAFE_INTEGER).map(({ ms }) => ms)
      expect(times).to.deep.equal([...times].sort((a, b) => a - b))
    })
  }

  it('a connection that is none any more, as after a suspend, is made anew', async () => {
    const door = await TellingDoor.open(1, 0, false)
    await look([door])
    await eventually('it is dialled again', () => door.connections === 2, 50_000)
  })
})
