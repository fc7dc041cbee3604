import { inadmissible } from '../../machines/protocol/admission.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import { slotsOfATable } from '../tables/raw-table.ts'
import { isTableName } from '../tables/state-tables.ts'
import { SnapshotError } from './snapshot-error.ts'

/**
 * Checks the head of a checkpoint of another replica: its executed set, its floors, its segments. Called before anything
 * of it is installed, because what a donor says is checked like every message: a malformed one must not end the receiver.
 * @param data plain data, as it was decoded
 * @param n the number of members
 * @throws SnapshotError `snapshotMalformed`, which names the field
 */
export function checkHead(data: unknown, n: number): void {
  const { commands, prefix, above, agreed, floor, state, index } = fieldsOf(data)
  expected(isIndex(commands), 'commands', 'a whole number')
  if (!isVector(prefix, n)) throw malformed('prefix', `${n} indices`)
  expected(isVector(agreed, n), 'agreed', `${n} indices`)
  if (!isVector(floor, n)) throw malformed('floor', `${n} indices`)
  const isAbove = (row: unknown, rank: number): boolean =>
    Array.isArray(row) && row.every((each, at) => isIndex(each) && each > (at === 0 ? prefix[rank]! : row[at - 1]))
  expected(Array.isArray(above) && above.length === n && above.every(isAbove), 'above', `${n} ascending lists`)
  expected(
    floor.every((each, rank) => each <= prefix[rank]!),
    'floor',
    'no more than what is executed',
  )
  expected(Array.isArray(state) && state.every(isSegmentInfo), 'state', 'segments')
  expected(Array.isArray(index) && index.every(isSegmentInfo), 'index', 'segments')
}

/**
 * Checks the commits that travel with a checkpoint, each as if it had come by itself.
 * @throws SnapshotError `snapshotMalformed` for the first that no peer may send
 */
export function checkCommits(commits: readonly MessageOf<'commit'>[], donor: Rank, membership: Membership): void {
  for (const commit of commits) {
    const why = inadmissible(commit, donor, membership)
    if (why === undefined) continue
    const { rank, index } = commit.id
    throw new SnapshotError('snapshotMalformed', `its commit of ${rank}.${index} (by rank): ${why.text}`)
  }
}

const fieldsOf = (data: unknown): Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether data describes a segment. Slots beyond those of a table would lead nowhere. */
export function isSegmentInfo(value: unknown): boolean {
  const { id, table, kind, checkpoint, from, to, size } = fieldsOf(value)
  return (
    [id, checkpoint, from, to, size].every(isIndex) &&
    (from as number) <= (to as number) &&
    (to as number) < slotsOfATable &&
    typeof table === 'string' &&
    isTableName(table) &&
    (kind === 'base' || kind === 'delta')
  )
}

const isVector = (value: unknown, n: number): value is readonly number[] =>
  Array.isArray(value) && value.length === n && value.every(isIndex)

const malformed = (field: string, what: string): SnapshotError =>
  new SnapshotError('snapshotMalformed', `${field} should be ${what}`)

function expected(isSo: boolean, field: string, what: string): void {
  if (!isSo) throw malformed(field, what)
}
