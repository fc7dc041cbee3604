import { defaultLimits } from '../../../actors/shared/limits.ts'
import { decodeManifest, partName } from '../../../actors/state/manifest.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import type { Letter } from './letters.ts'
import { preAccept, propose } from './rounds.ts'
import type { Connection, Table } from './table.ts'

const codec = createCodec(defaultLimits)

/** Steps of schedules about what is let go, and how those who missed it catch up. */

/** Every execution is followed by a checkpoint, and no record stays that nobody needs. */
export const lettingGo = { snapshotCommands: 1, recordsKept: 0 }

/** What `at` has proposed is decided fast with `others`, who are told; all of it is durable. */
export function decideWith(table: Table, at: Letter, others: string, id: InstanceId): void {
  table.sync(at)
  preAccept(table, `${at}>${others}`, id)
  table.deliver('preAcceptOk', `${others}>${at}`, id)
  table.sync(at)
  table.deliver('commit', `${at}>${others}`, id)
  table.drop('preAccept', `${at}>*`, id)
  table.drop('commit', `${at}>*`, id)
  table.sync(at + others)
}

/** A session that its client has opened at A of three replicas; all know of it. */
export function openSession(table: Table): { readonly client: Connection; readonly session: string } {
  const client = table.connect('A')
  decideWith(table, 'A', 'BC', table.request(client, { type: 'openSession', request: 1 })!)
  const [answer] = client.answers
  if (answer?.type !== 'sessionOpened') throw new Error('the session is open')
  return { client, session: answer.session }
}

/** A command of `at` on `key` that is decided fast with `others`, and executed by all of them. */
export function execute(table: Table, at: Letter, others: string, key?: string): InstanceId {
  const id = propose(table, at, key)
  decideWith(table, at, others, id)
  return id
}

/** All of `who` tell each other how far they are, durably. To others it is on the way. */
export function gossip(table: Table, who: string): void {
  // What nobody waits for, commits that were told, is flushed a little later.
  for (const each of who) table.pass(each as Letter, 20)
  table.sync(who)
  table.tell(who)
  table.deliver('heartbeat', `${who}>${who}`)
}

/**
 * The first of `who` proposes to let go what it knows that it may; all of them agree, and write checkpoints: it goes. Where it
 * knows of nothing they execute something else.
 */
export function letGo(table: Table, who: string): void {
  const at = who[0] as Letter
  table.sync(who)
  decideWith(table, at, who.slice(1), table.truncate(at) ?? table.submit(at, 'elsewhere'))
  checkpoint(table, who)
}

/** All of `who` finish the checkpoints that they have begun, and let go what these cover. */
export function checkpoint(table: Table, who: string): void {
  // It waits for the records of what it has executed, and the deletion that follows is a flush of its own.
  for (let round = 0; round < 2; round++) {
    for (const each of who) table.pass(each as Letter, 20)
    table.sync(who)
  }
}

/** The same after something else was executed, which makes it worth it. */
export function executeAndLetGo(table: Table, who: string): void {
  execute(table, who[0] as Letter, who.slice(1), 'elsewhere')
  gossip(table, who)
  letGo(table, who)
}

/** `at`, which has heard how far the donor is, fetches its checkpoint: the last part of it is on its way. */
export function askForSnapshot(table: Table, at: Letter, donor: Letter): void {
  const there = `${donor}>${at}` as const
  let last = ''
  for (let round = 0; round < 40; round++) {
    const [chunk] = table.inFlight('snapshotChunk', there)
    if (chunk !== undefined && last === '') last = lastPartOf(chunk.message.bytes)
    if (chunk?.message.digest === last) return
    table.deliverIfSent('snapshotChunk', there)
    table.pass(at, chunk === undefined ? 100 : 0)
    table.sync(at)
    table.deliverIfSent('fetch', `${at}>${donor}`)
    table.sync(donor)
    table.deliverIfSent('fetchEnd', there)
    table.sync(at)
    table.deliverIfSent('fetchSnapshot', `${at}>${donor}`)
    table.pass(donor, 0)
    table.sync(donor)
  }
}

function lastPartOf(manifest: Uint8Array): string {
  const { name, segments, frames } = decodeManifest(manifest, codec)
  return partName(name, segments.length + frames - 1)
}

/** The last part arrives, and while no flush of `at` ends the checkpoint is installed, or refused. */
export function takeSnapshot(table: Table, at: Letter, donor: Letter): void {
  table.deliver('snapshotChunk', `${donor}>${at}`)
  for (let reads = 0; reads < 30; reads++) table.pass(at, 1)
}

function fetchParts(table: Table, at: Letter, donors: string): void {
  const there = `${donors}>${at}` as const
  const back = `${at}>${donors}` as const
  for (let quiet = 0; quiet < 4; quiet++) {
    for (const who of `${at}${donors}`) table.pass(who as Letter, 0)
    if (table.inFlight('fetchSnapshot', back).length + table.inFlight('snapshotChunk', there).length > 0) quiet = 0
    table.deliverIfSent('fetchSnapshot', back)
    for (const donor of donors) table.pass(donor as Letter, 0)
    table.deliverIfSent('snapshotChunk', there)
  }
}

/**
 * `at` hears how far the donors are, and fetches what it has missed; no commit arrives, so that what it gets it gets with
 * a checkpoint, if there is one for it.
 */
export function installFrom(table: Table, at: Letter, donors: string): void {
  const there = `${donors}>${at}` as const
  const back = `${at}>${donors}` as const
  table.deliverIfSent('heartbeat', there)
  for (let round = 0; round < 3; round++) {
    table.pass(at, 100)
    table.sync(at)
    table.deliverIfSent('fetch', back)
    table.sync(donors)
    table.drop('commit', there)
    table.deliverIfSent('fetchEnd', there)
    table.sync(at)
    fetchParts(table, at, donors)
    table.sync(donors)
    table.sync(at)
  }
  checkpoint(table, at)
}
