import type { EventKind, EventOf, Standing, Stepped, TracedRecord, TraceEvent } from '../trace/format.ts'
import { placeOf } from '../trace/ids.ts'
import { modelLimits } from './limits.ts'
import { ownInstance, ownLink, ownReplica, ownSide, rankOf, stand } from './own.ts'
import { land, reduceMessage } from './reduce-message.ts'
import type { Side, State } from './state.ts'

type Reducers = { readonly [K in EventKind]: (state: State, event: EventOf<K>) => void }

/**
 * Takes one event in. The state is changed in place and returned; `keyframe` keeps one as it is. The same events lead to the
 * same state, whatever they come from. Kinds that this version does not know are counted and change nothing else.
 */
export function reduce(state: State, event: TraceEvent): State {
  state.cursor++
  state.totals.events++
  if (event.ms > state.ms) state.ms = event.ms
  if ('clock' in event && event.clock !== undefined && 'at' in event) {
    const replica = ownReplica(state, rankOf(state, event.at))
    replica.clock = Math.max(replica.clock, event.clock)
  }
  const run = reducers[event.kind] as ((state: State, event: TraceEvent) => void) | undefined
  run?.(state, event)
  return state
}

const reducers: Reducers = {
  sent: reduceMessage,
  received: reduceMessage,
  lost: reduceMessage,
  rejected: state => {
    state.totals.rejected++
  },
  stepped(state, event) {
    const rank = rankOf(state, event.at)
    const side = ownSide(state, event.id, rank)
    noteKnown(state, rank, event.id)
    const { before, after } = event
    stand(state, rank, side, leavesOf(after))
    if (before !== after) tookEdge(state, rank, event)
    if (event.attempt !== undefined) side.attempt = event.attempt ?? undefined
    if (event.rule !== undefined) side.rule = event.rule
    if (event.nackedBy !== undefined) side.nackedBy = event.nackedBy
    if (event.event === 'startRecovery') state.totals.recoveries++
    const isFull = side.steps.length >= modelLimits.stepsMax
    const step = { cursor: state.cursor, ms: event.ms, event: event.event, before, after }
    side.steps = [...(isFull ? side.steps.slice(1) : side.steps), step]
    if (isFull) side.earlierSteps++
  },
  written(state, event) {
    const rank = rankOf(state, event.at)
    const side = ownSide(state, event.id, rank)
    noteKnown(state, rank, event.id)
    const { cmd = side.record?.cmd } = event.record
    side.record = cmd === undefined ? event.record : { ...event.record, cmd }
    if (cmd !== undefined && cmd !== 'nop') ownInstance(state, event.id).cmd ??= cmd
    ownReplica(state, rank).unflushed.add(event.id)
  },
  flushBegan(state, event) {
    const rank = rankOf(state, event.at)
    const replica = ownReplica(state, rank)
    const taken = new Map<string, TracedRecord>()
    for (const id of replica.unflushed) {
      const record = state.instances.get(id)?.sides[rank]?.record
      if (record !== undefined) taken.set(id, record)
    }
    replica.flushing = taken
    replica.unflushed = new Set()
    replica.isFlushing = true
  },
  flushEnded(state, event) {
    const rank = rankOf(state, event.at)
    const replica = ownReplica(state, rank)
    if (event.error === undefined) {
      for (const [id, record] of replica.flushing)
        if (state.instances.has(id)) ownSide(state, id, rank).durable = record
      replica.flushes++
    } else replica.unflushed = new Set([...replica.flushing.keys(), ...replica.unflushed])
    replica.flushing = new Map()
    replica.isFlushing = false
  },
  committed(state, event) {
    const rank = rankOf(state, event.at)
    const { id, path, cmd, dep, ms } = event
    const side = ownSide(state, id, rank)
    noteKnown(state, rank, id)
    side.committed = { ms, path, rule: event.rule }
    const instance = ownInstance(state, id)
    if (path !== 'told') {
      state.totals[path]++
      if (cmd === 'nop') state.totals.nops++
    }
    if (instance.decided === undefined || instance.decided.path === 'told')
      instance.decided = { cmd, dep, path, ms: instance.decided?.ms ?? ms }
    const began = side.steps[0]?.ms
    if (rank === instance.rank && began !== undefined) sample(state.commitMs, ms - began)
  },
  executed(state, event) {
    const rank = rankOf(state, event.at)
    const first = event.component[0]
    const isNew = first !== undefined && state.instances.get(first)?.component === undefined
    const no = state.totals.executed + 1
    for (const id of event.component) {
      const side = ownSide(state, id, rank)
      side.executedMs = event.ms
      const instance = ownInstance(state, id)
      if (isNew) instance.component = no
      const began = side.steps[0]?.ms
      if (rank === instance.rank && began !== undefined) sample(state.executeMs, event.ms - began)
      advance(state, rank, id)
    }
    if (!isNew) return
    state.totals.executed += event.component.length
    keepLatest(state.components, modelLimits.componentsMax)
    state.components.push({ no, ids: event.component, ms: event.ms, at: event.at })
  },
  resubmitted: () => undefined,
  timer(state, { at, id, ms, move, of, nextMs }) {
    const side = ownSide(state, id, rankOf(state, at))
    side.timer = { ms, move, of, dueMs: ms + nextMs }
    noteKnown(state, rankOf(state, at), id)
  },
  link(state, event) {
    ownLink(state, rankOf(state, event.at), rankOf(state, event.peer)).state = event.state
  },
  replica(state, event) {
    const replica = ownReplica(state, rankOf(state, event.at))
    replica.state = event.state
    replica.sinceMs = event.ms
    replica.error = event.error
    replica.isUp = event.state !== 'gone' && event.state !== 'stopped' && event.state !== 'failed'
  },
  truncated(state, event) {
    if (event.level === 1) ownReplica(state, rankOf(state, event.at)).floor = event.floor
  },
  snapshot: () => undefined,
  standing,
  fault(state, event) {
    keepLatest(state.faults, modelLimits.faultsMax)
    state.faults.push(event)
    for (const [from, to] of event.links ?? []) {
      const link = ownLink(state, rankOf(state, from), rankOf(state, to))
      if (event.what === 'cut') link.isCut = true
      if (event.what === 'heal') link.isCut = false
    }
    if (event.what === 'healed for good') mend(state, event.members)
    if (event.what === 'crash') for (const member of event.members) crash(state, rankOf(state, member), event.ms)
    if (event.what === 'boot')
      for (const member of event.members) {
        const replica = ownReplica(state, rankOf(state, member))
        Object.assign(replica, { isUp: true, state: 'opening', sinceMs: event.ms })
      }
  },
  violation(state, event) {
    state.violations.push(event)
  },
  gap(state, event) {
    state.totals.gaps++
    state.totals.lostEvents += event.events
    ownReplica(state, rankOf(state, event.at)).lostEvents += event.events
  },
  skipped(state, event) {
    const { committed } = event
    state.totals.skippedEvents += event.events
    state.totals.fast += committed.fast
    state.totals.slow += committed.slow
    state.totals.found += committed.found
    const replica = ownReplica(state, rankOf(state, event.at))
    replica.skippedEvents += event.events
    replica.stride = event.stride
  },
  caption(state, event) {
    state.caption = event.text === '' ? undefined : { text: event.text, about: event.about ?? [] }
  },
  deep: () => undefined,
  end(state, event) {
    state.ended = event.why
  },
}

/** `preAccepted/following` as its leaves. */
const leaves = new Map<string, readonly string[]>()
export function leavesOf(text: string): readonly string[] {
  const known = leaves.get(text)
  if (known !== undefined) return known
  const split = text.split('/')
  leaves.set(text, split)
  return split
}

/** An edge for each region that moved; into `committed` from the leaf of the region that drives. */
function tookEdge(state: State, rank: number, { before, after, event }: Stepped): void {
  const [from, to] = [leavesOf(before), leavesOf(after)]
  if (from.length === 2 && to.length === 2)
    from.forEach((leaf, region) => {
      if (leaf !== to[region]) countEdge(state, rank, `${leaf}>${to[region]}:${event}`)
    })
  else countEdge(state, rank, `${from.at(-1)}>${to.at(-1)}:${event}`)
}

function countEdge(state: State, rank: number, edge: string): void {
  state.edges[edge] ??= state.header.members.map(() => 0)
  state.edges[edge][rank]! += 1
}

function standing(state: State, event: Standing): void {
  const rank = rankOf(state, event.at)
  forget(state, rank)
  const replica = ownReplica(state, rank)
  Object.assign(replica, {
    state: event.state,
    isUp: true,
    sinceMs: event.ms,
    executed: event.executed,
    known: event.known,
    unflushed: new Set(),
    flushing: new Map(),
    isFlushing: false,
  })
  for (const { peer, state: seen } of event.links) ownLink(state, rank, rankOf(state, peer)).state = seen
  for (const each of event.unfinished) {
    const side = ownSide(state, each.id, rank)
    stand(state, rank, side, leavesOf(each.state))
    side.record = each.record
    side.durable = each.record
    side.attempt = each.attempt
    const cmd = each.record?.cmd
    if (cmd !== undefined && cmd !== 'nop') ownInstance(state, each.id).cmd ??= cmd
    if (each.state !== 'committed') continue
    side.committed ??= { ms: event.ms, path: 'told', rule: undefined }
    ownInstance(state, each.id).decided ??= {
      cmd: cmd === 'nop' ? 'nop' : 'command',
      dep: each.record?.dep ?? [],
      path: 'told',
      ms: event.ms,
    }
  }
}

/** What was thought to be unfinished here may have ended while nobody looked. */
function forget(state: State, rank: number): void {
  for (const [id, instance] of state.instances) {
    if (instance.sides[rank] === undefined || instance.sides[rank].executedMs !== undefined) continue
    const side = ownSide(state, id, rank)
    stand(state, rank, side, [])
    const own = ownInstance(state, id)
    own.sides = own.sides.with(rank, undefined)
  }
}

/** What was not durable is gone; nothing is driven, and no statechart lives until somebody asks. */
function crash(state: State, rank: number, ms: number): void {
  state.totals.crashes++
  Object.assign(ownReplica(state, rank), {
    isUp: false,
    state: 'down',
    sinceMs: ms,
    unflushed: new Set(),
    flushing: new Map(),
    isFlushing: false,
  })
  const { member } = state.replicas[rank]!
  for (const [no, { to }] of state.flying) if (to === member) land(state, no)
  for (const [id, instance] of state.instances) {
    const before = instance.sides[rank]
    if (before === undefined || (before.executedMs !== undefined && before.record === before.durable)) continue
    const side = ownSide(state, id, rank)
    restoreSide(state, rank, side)
  }
}

function restoreSide(state: State, rank: number, side: Side): void {
  side.record = side.durable
  side.attempt = undefined
  side.timer = undefined
  const { phase } = side.durable ?? { phase: 'initial' }
  stand(state, rank, side, phase === 'committed' ? ['committed'] : [phase, 'following'])
  if (phase !== 'committed') side.committed = undefined
  side.executedMs = undefined
}

function mend(state: State, members: readonly number[]): void {
  for (const from of members)
    for (const to of members) ownLink(state, rankOf(state, from), rankOf(state, to)).isCut = false
}

function noteKnown(state: State, rank: number, id: string): void {
  const place = placeOf(state.header, id)
  const replica = ownReplica(state, rank)
  if (place.index > replica.known[place.rank]!) replica.known = replica.known.with(place.rank, place.index)
}

/** The executed prefix of a row, over what is executed beyond it. */
function advance(state: State, rank: number, id: string): void {
  const { rank: row, index } = placeOf(state.header, id)
  const replica = ownReplica(state, rank)
  let prefix = replica.executed[row]!
  if (index !== prefix + 1) return
  const member = state.header.members[row]!
  do prefix++
  while (state.instances.get(`${member}.${prefix + 1}`)?.sides[rank]?.executedMs !== undefined)
  replica.executed = replica.executed.with(row, prefix)
}

function sample(samples: number[], value: number): void {
  keepLatest(samples, modelLimits.samplesMax)
  samples.push(value)
}

/** Half of it goes when it is full: moving each time would cost more. */
function keepLatest(list: unknown[], max: number): void {
  if (list.length >= max) list.splice(0, list.length - max / 2)
}
