import type { Id, Member } from '../trace/format.ts'
import { placeOf } from '../trace/ids.ts'
import { modelLimits } from './limits.ts'
import type { Instance, Link, Replica, Side, State } from './state.ts'

/** Parts of the state that may be changed: those that a keyframe shares are copied first. */

export function ownReplica(state: State, rank: number): Replica {
  const replica = state.replicas[rank]!
  if (replica.epoch === state.epoch) return replica
  const own = { ...replica, epoch: state.epoch, unflushed: new Set(replica.unflushed) }
  state.replicas[rank] = own
  return own
}

export function ownLink(state: State, from: number, to: number): Link {
  const link = state.links[from]![to]!
  if (link.epoch === state.epoch) return link
  const own = { ...link, epoch: state.epoch }
  state.links[from]![to] = own
  return own
}

/** The instance; it is new when nothing was heard of it. */
export function ownInstance(state: State, id: Id): Instance {
  const instance = state.instances.get(id)
  if (instance === undefined) return newInstance(state, id)
  if (instance.epoch === state.epoch) return instance
  const own = { ...instance, epoch: state.epoch }
  state.instances.set(id, own)
  return own
}

/** The instance at one replica; when nothing was heard of it there it is undecided, without a vote. */
export function ownSide(state: State, id: Id, rank: number): Side {
  const instance = ownInstance(state, id)
  instance.lastMs = state.ms
  const side = instance.sides[rank]
  if (side !== undefined && side.epoch === state.epoch) return side
  const own: Side = side === undefined ? newSide(state, rank) : { ...side, epoch: state.epoch }
  instance.sides = instance.sides.with(rank, own)
  return own
}

/** The side stands in these leaves from here on; those who stand anywhere are counted. */
export function stand(state: State, rank: number, side: Side, leaves: readonly string[]): void {
  count(state, rank, side.states, -1)
  side.states = leaves
  count(state, rank, leaves, 1)
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

function count(state: State, rank: number, leaves: readonly string[], by: number): void {
  for (const leaf of leaves) {
    state.standing[leaf] ??= state.header.members.map(() => 0)
    state.standing[leaf][rank]! += by
  }
}

/** It is executed at a replica: that was told, or follows from how far the replica is. */
export const isExecutedAt = (state: State, rank: number, { rank: row, index, sides }: Instance): boolean =>
  sides[rank]?.executedMs !== undefined || index <= state.replicas[rank]!.executed[row]!

export const rankOf = (state: State, member: Member): number => state.header.members.indexOf(member)

const nothingYet: readonly string[] = ['initial', 'following']

function newSide(state: State, rank: number): Side {
  count(state, rank, nothingYet, 1)
  return {
    epoch: state.epoch,
    states: nothingYet,
    record: undefined,
    durable: undefined,
    attempt: undefined,
    rule: undefined,
    nackedBy: 0,
    committed: undefined,
    executedMs: undefined,
    timer: undefined,
    steps: [],
    earlierSteps: 0,
    asked: undefined,
  }
}

function newInstance(state: State, id: Id): Instance {
  makeRoom(state)
  const { rank, index } = placeOf(state.header, id)
  const instance: Instance = {
    epoch: state.epoch,
    id,
    rank,
    index,
    cmd: undefined,
    sides: state.header.members.map(() => undefined),
    firstMs: state.ms,
    lastMs: state.ms,
    decided: undefined,
    component: undefined,
  }
  state.instances.set(id, instance)
  return instance
}

/** Looked at when there is no room: the oldest are executed everywhere, but for the few that something is wrong with. */
const lookedAtMax = 64

function makeRoom(state: State): void {
  if (state.instances.size < modelLimits.instancesMax) return
  let looked = 0
  for (const [id, instance] of state.instances) {
    const isOver = state.replicas.every(({ isUp, rank }) => !isUp || isExecutedAt(state, rank, instance))
    const isTooMuch = state.instances.size >= 2 * modelLimits.instancesMax
    if (isOver || isTooMuch) {
      instance.sides.forEach((side, rank) => {
        if (side !== undefined) count(state, rank, side.states, -1)
      })
      state.instances.delete(id)
      state.forgotten++
      return
    }
    if (++looked > lookedAtMax && !isTooMuch) return
  }
}
