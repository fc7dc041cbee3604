import type { Stepped } from '../trace/format.ts'
import { placeOf } from '../trace/ids.ts'
import { keepLatest } from './keep-latest.ts'
import { modelLimits } from './limits.ts'
import { leavesOf, ownInstance, ownReplica, ownSide, rankOf, stand } from './own.ts'
import type { Reducers } from './reducers.ts'
import type { State } from './state.ts'

/** An instance at one replica: its statechart steps, its record changes, it commits, it is executed. */
export const instanceReducers: Reducers<'stepped' | 'written' | 'committed' | 'executed' | 'timer'> = {
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
  timer(state, { at, id, ms, move, of, nextMs }) {
    const side = ownSide(state, id, rankOf(state, at))
    side.timer = { ms, move, of, dueMs: ms + nextMs }
    noteKnown(state, rankOf(state, at), id)
  },
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
