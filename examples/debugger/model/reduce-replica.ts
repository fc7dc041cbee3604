import type { Standing, TracedRecord } from '../trace/format.ts'
import { keepLatest } from './keep-latest.ts'
import { modelLimits } from './limits.ts'
import { leavesOf, ownInstance, ownLink, ownReplica, ownSide, rankOf, stand } from './own.ts'
import { land } from './reduce-message.ts'
import type { Reducers } from './reducers.ts'
import type { Side, State } from './state.ts'

/** A replica as a whole: its disk, its links, its state, and what is done to it from outside. */
export const replicaReducers: Reducers<
  'flushBegan' | 'flushEnded' | 'gate' | 'reads' | 'link' | 'replica' | 'truncated' | 'standing' | 'fault'
> = {
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
  gate(state, { at, verdict, waiting }) {
    ownReplica(state, rankOf(state, at)).gate = { verdict, waiting }
  },
  reads(state, event) {
    ownReplica(state, rankOf(state, event.at)).reads = event
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
