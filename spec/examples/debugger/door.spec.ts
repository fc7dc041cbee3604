import { expect } from 'chai'
import { WebSocket } from 'ws'
import type { Replica } from '../../../actors/replica/replica.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { SwitchableTap } from '../../../actors/shared/switchable-tap.ts'
import { openTapDoor, refusalOf } from '../../../examples/debugger/live/door.ts'
import { tapLimits } from '../../../examples/debugger/live/limits.ts'
import { decodeEvent, decodeHeader } from '../../../examples/debugger/trace/codec.ts'
import type { TraceEvent, TraceHeader } from '../../../examples/debugger/trace/format.ts'
import { type KvCommand, put } from '../../../examples/kv/commands.ts'
import { showPayload } from '../../../examples/kv/show-payload.ts'
import { createKvStateMachine } from '../../../examples/kv/state-machine.ts'
import { systemClock } from '../../../net/system-clock.ts'
import { createWsServer } from '../../../net/ws/server.ts'
import { memoryCluster } from '../../actors/support/memory-cluster.ts'
import { eventually } from '../../support/eventually.ts'

/** Somebody who looks. */
class Viewer {
  readonly lines: string[] = []
  isClosed = false
  readonly socket: WebSocket

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', data => this.lines.push(...String(data).split('\n').slice(0, -1)))
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  get header(): TraceHeader {
    return decodeHeader(this.lines[0]!)
  }
  get events(): readonly TraceEvent[] {
    return this.lines.slice(1).map(decodeEvent)
  }
}

describe('debugger: the door of a replica', () => {
  const closing: (() => Promise<void> | void)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function opened(values: 'masked' | 'shown' = 'masked') {
    const tap = new SwitchableTap()
    const cluster = await memoryCluster({
      stateMachine: () => createKvStateMachine(),
      tap: member => (member === 1 ? tap.tap : {}),
    })
    const server = createWsServer({ host: '127.0.0.1', port: 0, clock: systemClock, limits: defaultLimits })
    await new Promise<void>((resolve, reject) => server.listen(error => (error === null ? resolve() : reject(error))))
    const log: ReplicaEvent[] = []
    const { port } = server.address()
    closing.push(
      openTapDoor({
        server,
        tap,
        replica: cluster.replicas[0] as unknown as Replica,
        id: 1,
        members: new Map([1, 2, 3].map(id => [id, `ws://127.0.0.1:${port}`])),
        cluster: 'spec',
        limits: defaultLimits,
        show: values === 'shown' ? showPayload() : undefined,
        log: event => log.push(event),
      }),
      () => new Promise(resolve => server.close(resolve)),
    )
    const look = (headers: Record<string, string> = {}): Promise<Viewer> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/tap`, { headers })
        const viewer = new Viewer(socket)
        socket.on('open', () => resolve(viewer)).on('error', reject)
        closing.push(() => socket.terminate())
      })
    const execute = (command: KvCommand) => cluster.execute(1, command)
    return { tap, look, log, execute }
  }

  it('tells a header, where the replica stands, and what it does', async () => {
    const { look, execute } = await opened()
    await execute(put('before', '1'))
    const viewer = await look()
    await eventually('it stands', () => viewer.lines.length >= 2)
    expect(viewer.header).to.include({ source: 'live', title: 'spec', values: 'masked' })
    const [standing] = viewer.events
    expect(standing).to.include({ kind: 'standing', at: 1, state: 'voting' })
    expect(standing?.kind === 'standing' && standing.executed).to.deep.equal([1, 0, 0])
    await execute(put('k', 'v'))
    await eventually('the commit', () => viewer.events.some(({ kind }) => kind === 'executed'))
    const kinds = new Set(viewer.events.map(({ kind }) => kind))
    expect(kinds).to.include.all.keys('sent', 'received', 'stepped', 'written', 'flushBegan', 'flushEnded', 'committed')
    expect(viewer.events.find(({ kind }) => kind === 'committed')).to.include({ id: '1.2', path: 'fast' })
  })

  for (const values of ['masked', 'shown'] as const)
    it(`values are ${values}`, async () => {
      const { look, execute } = await opened(values)
      const viewer = await look()
      await execute(put('the key', 'the secret'))
      await eventually('it is executed', () => viewer.events.some(({ kind }) => kind === 'executed'))
      const text = viewer.lines.join('\n')
      expect(text).to.include('the key')
      expect(text.includes('the secret')).to.equal(values === 'shown')
      expect(viewer.header.values).to.equal(values)
    })

  it('with nobody who looks there is no tap; several look through one, and the last one to leave ends it', async () => {
    const { look, tap, execute } = await opened()
    expect(Object.keys(tap.tap)).to.deep.equal([])
    const [one, other] = [await look(), await look()]
    await eventually('both stand', () => one.lines.length >= 2 && other.lines.length >= 2)
    expect(Object.keys(tap.tap)).to.include('stepped')
    await execute(put('k', 'v'))
    await eventually('both see', () =>
      [one, other].every(({ events }) => events.some(({ kind }) => kind === 'executed')),
    )
    one.socket.close()
    await eventually('one is gone', () => one.isClosed)
    expect(Object.keys(tap.tap)).to.include('stepped')
    other.socket.close()
    await eventually('nobody hears', () => Object.keys(tap.tap).length === 0)
  })

  it('who does not read is cut off; the others go on', async () => {
    const { look, tap, log } = await opened()
    const [slow, quick] = [await look(), await look()]
    await eventually('both stand', () => slow.lines.length >= 2 && quick.lines.length >= 2)
    slow.socket.pause()
    const known = Array.from({ length: 200 }, (_, at) => 1_000_000 + at)
    const heartbeat = {
      type: 'heartbeat',
      known,
      executed: known,
      canVote: true,
      inStep: true,
      raised: known,
      raisedFrom: 1,
      barrier: 0,
    } as const
    await eventually('the slow one is cut off', () => {
      for (let count = 0; count < 1_000; count++) tap.tap.sent?.(1, heartbeat)
      return log.some(event => event.code === 'viewerTooSlow')
    })
    const before = quick.lines.length
    tap.tap.sent?.(1, heartbeat)
    await eventually('the quick one hears', () => quick.lines.length > before)
    expect(quick.isClosed).to.equal(false)
    slow.socket.resume()
    await eventually('the slow one knows', () => slow.isClosed)
  })

  it('what is lost is counted, and told before what came after it', async () => {
    const { look, tap } = await opened()
    const viewer = await look()
    await eventually('it stands', () => viewer.lines.length >= 2)
    const heartbeat = {
      type: 'heartbeat',
      known: [],
      executed: [],
      canVote: true,
      inStep: true,
      raised: [],
      raisedFrom: 1,
      barrier: 0,
    } as const
    for (let count = 0; count < tapLimits.ringEventsMax + 100; count++) tap.tap.sent?.(1, heartbeat)
    await eventually('all is told', () => viewer.events.length >= tapLimits.ringEventsMax + 2)
    const gap = viewer.events.findIndex(({ kind }) => kind === 'gap')
    expect(viewer.events[gap]).to.include({ kind: 'gap', at: 1, events: 100 })
    expect(viewer.events.filter(({ kind }) => kind === 'sent')).to.have.length(tapLimits.ringEventsMax)
    expect(gap).to.equal(viewer.events.findIndex(({ kind }) => kind === 'sent') - 1)
  })

  it('a page of a browser is not let in, and from elsewhere only who knows the token', async () => {
    const { look } = await opened()
    const error = await look({ origin: 'http://example.org' }).then(
      () => undefined,
      (refused: Error) => refused.message,
    )
    expect(error).to.include('403')
    const request = (remoteAddress: string, headers: object = {}) => ({ socket: { remoteAddress }, headers }) as never
    expect(refusalOf(request('127.0.0.1'), undefined)).to.equal(undefined)
    expect(refusalOf(request('::ffff:127.0.0.1'), undefined)).to.equal(undefined)
    expect(refusalOf(request('10.0.0.9'), undefined)).to.equal(403)
    expect(refusalOf(request('10.0.0.9'), 'token')).to.equal(401)
    expect(refusalOf(request('10.0.0.9', { authorization: 'Bearer other' }), 'token')).to.equal(401)
    expect(refusalOf(request('10.0.0.9', { authorization: 'Bearer token' }), 'token')).to.equal(undefined)
    expect(
      refusalOf(request('10.0.0.9', { authorization: 'Bearer token', origin: 'http://10.0.0.9' }), 'token'),
    ).to.equal(403)
  })

  it('looks into one instance: what XState tells of it', async () => {
    const { look, execute } = await opened()
    const viewer = await look()
    await eventually('it stands', () => viewer.lines.length >= 2)
    viewer.socket.send(JSON.stringify({ deep: '1.2' }))
    // It is on its way while these go on.
    await eventually('deep events', async () => {
      await execute(put('k', 'v'))
      return (
        viewer.events.some(({ kind }) => kind === 'deep') ||
        viewer.events.some(event => event.kind === 'committed' && event.id === '1.9')
      )
    })
    const deep = viewer.events.flatMap(event => (event.kind === 'deep' ? [event] : []))
    expect(new Set(deep.map(({ id }) => id))).to.deep.equal(new Set(['1.2']))
    expect(deep.map(({ words }) => words).join('\n')).to.include(
      'undecided.drive.following on preAccept [isFromSelf] -> undecided.drive.preAccepting',
    )
  })
})
