import type { Id, TracedMessage, TraceEvent, TraceHeader } from '../../../examples/debugger/trace/format.ts'

/** Three replicas that commit one instance after the other on the fast path: so many events a second, for so long. */
export function busyTrace(perSecond: number, seconds: number): { header: TraceHeader; events: Generator<TraceEvent> } {
  return { header, events: eventsOf(perSecond, seconds) }
}

const members = [1, 2, 3]
const header: TraceHeader = {
  trace: 'epaxos',
  version: { major: 1, minor: 0 },
  source: 'live',
  title: 'busy',
  members,
  names: ['1', '2', '3'],
  quorums: { slow: 2, fast: 2 },
  values: 'masked',
  limits: { suspicionMs: 1_000, recoveryDelayMs: 500, retransmitDelayMs: 200, fastPathWaitMaxMs: 2 },
}

function* eventsOf(perSecond: number, seconds: number): Generator<TraceEvent> {
  const all = perSecond * seconds
  let told = 0
  let no = 0
  for (const at of members) yield { kind: 'replica', ms: 0, at, state: 'voting' }
  for (let index = 1; told < all; index++)
    for (const own of members)
      for (const event of instance(`${own}.${index}`, own, index, () => ++no)) {
        yield { ...event, ms: (told / perSecond) * 1_000, clock: told } as TraceEvent
        told++
      }
  yield { kind: 'end', ms: seconds * 1_000, why: 'it was busy for long enough' }
}

type Untimed = TraceEvent extends infer Each ? (Each extends TraceEvent ? Omit<Each, 'ms'> : never) : never

function* instance(id: Id, own: number, index: number, next: () => number): Generator<Untimed> {
  const others = members.filter(each => each !== own)
  const dep = members.map(each => (each === own ? index - 1 : Math.max(0, index - 2)))
  const record = { phase: 'preAccepted', bal: 0, abal: 0, dep, initDep: dep }
  const cmd = { writes: [`k${index % 50}`], reads: [], payloads: 1, bytes: 42, hash: '0badcafe' }
  const say = (type: string): TracedMessage => ({ type, id, bal: 0, dep })
  yield { kind: 'written', at: own, id, record: { ...record, cmd } }
  yield step(own, id, 'preAccept', 'initial/following', 'preAccepted/preAccepting')
  for (const other of others) {
    const asked = next()
    yield { kind: 'sent', at: own, to: other, message: say('preAccept'), no: asked }
    yield { kind: 'received', at: other, from: own, message: say('preAccept'), no: asked }
    yield { kind: 'written', at: other, id, record }
    yield step(other, id, 'preAccept', 'initial/following', 'preAccepted/following')
    const answered = next()
    yield { kind: 'sent', at: other, to: own, message: say('preAcceptOk'), no: answered }
    yield { kind: 'received', at: own, from: other, message: say('preAcceptOk'), no: answered }
  }
  yield { kind: 'committed', at: own, id, path: 'fast', rule: '3.3 fast', cmd: 'command', dep }
  yield step(own, id, 'preAcceptOk', 'preAccepted/preAccepting', 'committed')
  yield { kind: 'executed', at: own, component: [id] }
  yield step(own, id, 'executed', 'committed', 'executed')
  for (const other of others) {
    const told = next()
    yield { kind: 'sent', at: own, to: other, message: say('commit'), no: told }
    yield { kind: 'received', at: other, from: own, message: say('commit'), no: told }
    yield { kind: 'committed', at: other, id, path: 'told', cmd: 'command', dep }
    yield step(other, id, 'commit', 'preAccepted/following', 'committed')
    yield { kind: 'executed', at: other, component: [id] }
    yield step(other, id, 'executed', 'committed', 'executed')
  }
}

const step = (at: number, id: Id, event: string, before: string, after: string): Untimed => ({
  kind: 'stepped',
  at,
  id,
  event,
  before,
  after,
})
