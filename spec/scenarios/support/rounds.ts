import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Letter, Route } from './letters.ts'
import type { Table } from './table.ts'

/** Steps of a schedule that come together in many of them. */

/** A client of `at` has its command proposed, and durably so: its preAccept is on the way to all. */
export function propose(table: Table, at: Letter, key?: string): InstanceId {
  const id = table.submit(at, key)
  table.sync(at)
  return id
}

/** The same, and nobody else has heard of it: all that `at` votes for from now on conflicts with it. */
export function proposeUnheard(table: Table, at: Letter): InstanceId {
  const id = propose(table, at)
  table.drop('preAccept', `${at}>*`, id)
  return id
}

/** The preAccept of `id` goes the way of the route, and the votes for it are durable; their preAcceptOks are on the way. */
export function preAccept(table: Table, route: Route, id: InstanceId): void {
  table.deliver('preAccept', route, id)
  table.sync(route.split('>')[1]!)
}

/** Proposed by the left end of the route, and pre-accepted by the right one. */
export function proposeTo(table: Table, route: Route): InstanceId {
  const id = propose(table, route[0] as Letter)
  preAccept(table, route, id)
  return id
}

/** The preAcceptOks on the way of the route come, and are no fast quorum: the coordinator has accepted their union. */
export function takeSlowPath(table: Table, route: Route, id: InstanceId): void {
  const coordinator = route.split('>')[1] as Letter
  table.deliver('preAcceptOk', route, id)
  table.giveUpFastPath(coordinator)
  table.sync(coordinator)
}

/** The accept of `at` goes to `others`, and their acceptOks come back. */
export function accept(table: Table, at: Letter, others: string, id: InstanceId): void {
  table.deliver('accept', `${at}>${others}`, id)
  table.sync(others)
  table.deliver('acceptOk', `${others}>${at}`, id)
  table.sync(at)
}

/** A recovery by `at` gets as far as the answers of `others`, which are Q with it. */
export function recoverFrom(table: Table, at: Letter, id: InstanceId, others: string): void {
  table.recover(at, id)
  table.sync(at)
  table.deliver('recover', `${at}>${others}`, id)
  table.sync(others)
  table.deliver('recoverOk', `${others}>${at}`, id)
  table.sync(at)
}

/** A recovery gets to the end of its validation. */
export function validateWith(table: Table, at: Letter, id: InstanceId, others: string): void {
  recoverFrom(table, at, id, others)
  table.deliver('validate', `${at}>${others}`, id)
  table.sync(others + at)
  table.deliver('validateOk', `${others}>${at}`, id)
  table.sync(at)
}

/** A whole recovery by one replica, with `others` and itself as Q. */
export function recoverWith(table: Table, at: Letter, id: InstanceId, others: string): void {
  table.recover(at, id)
  finishRecovery(table, at, id, others)
}

/** A recovery that has begun goes on to its end, with `others` and itself as Q. */
export function finishRecovery(table: Table, at: Letter, id: InstanceId, others: string): void {
  table.sync(at)
  for (const [request, reply] of [
    ['recover', 'recoverOk'],
    ['validate', 'validateOk'],
    ['accept', 'acceptOk'],
  ] as const) {
    table.deliverIfSent(request, `${at}>${others}`, id)
    table.sync(others + at)
    table.deliverIfSent(reply, `${others}>${at}`, id)
    table.sync(at)
  }
}

/** What a replica may be sent about instances that are not decided everywhere. */
const exchanged = [
  'heartbeat',
  'tryRecover',
  'recover',
  'recoverOk',
  'validate',
  'validateOk',
  'waiting',
  'accept',
  'acceptOk',
  'fetch',
  'commit',
  'fetchEnd',
] as const

/** Of these, what one says who only answers. */
const answers: ReadonlySet<string> = new Set(['heartbeat', 'recoverOk', 'validateOk', 'acceptOk'])

/**
 * Time passes at all of `who`, in step, and whatever they say to each other arrives.
 * @param silent of these only answers arrive
 */
export function talk(table: Table, who: string, ms: number, silent = ''): void {
  const asking = [...who].filter(each => !silent.includes(each)).join('')
  for (let passed = 0; passed < ms; passed += 100) {
    for (const each of who) table.pass(each as Letter, 100)
    for (const type of exchanged) {
      table.sync(who)
      table.deliverIfSent(type, `${answers.has(type) ? who : asking}>${who}`)
    }
  }
  table.sync(who)
}

/** Time passes at all of `who`, in step; their flushes end, and they hear each other's heartbeats. */
export function live(table: Table, who: string, ms: number): void {
  for (let passed = 0; passed < ms; passed += 100) {
    for (const each of who) table.pass(each as Letter, 100)
    table.sync(who)
    table.deliverIfSent('heartbeat', `${who}>${who}`)
  }
  table.sync(who)
}
