import { inadmissible } from '../../machines/protocol/admission.ts'
import type { Membership, Rank } from '../../machines/protocol/membership.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import { SnapshotError } from './snapshot-error.ts'

/**
 * Checks the head of a checkpoint of another replica: its executed set, its floors and its lists of segments. Called before anything
 * of it is installed, because what a donor says is checked like every message: a malformed one must not end the receiver.
 * @param data plain data, as it was decoded
 * @param n the number of members
 * @throws SnapshotError `snapshotMalformed`, which names the field
 */
export function checkSnapshotHead(data: unknown, n: number): void {
  const { commands, prefix, above, agreed, floor, state, index } = fieldsOf(data)
  expected(isIndex(commands), 'commands', 'a whole number')
  if (!isVector(prefix, n)) throw malformed('prefix', `${n} indices`)
  expected(isVector(agreed, n), 'agreed', `${n} indices`)
  if (!isVector(floor, n)) throw malformed('floor', `${n} indices`)
  const isAbove = (row: unknown, rank: number): boolean =>
    Array.isArray(row) && row.every((index, at) => isIndex(index) && index > (at === 0 ? prefix[rank]! : row[at - 1]))
  expected(Array.isArray(above) && above.length === n && above.every(isAbove), 'above', `${n} ascending lists`)
  expected(
    floor.every((index, rank) => index <= prefix[rank]!),
    'floor',
    'no more than what is executed',
  )
  expected(Array.isArray(state), 'state', 'a list of segments')
  expected(Array.isArray(index), 'index', 'a list of segments')
}

/**
 * Checks the commits that travel with a checkpoint, each as if it had come by itself.
 * @throws SnapshotError `snapshotMalformed` for the first that no peer may send
 */
export function checkSnapshotCommits(
  commits: readonly MessageOf<'commit'>[],
  donor: Rank,
  membership: Membership,
): void {
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

const isVector = (value: unknown, n: number): value is readonly number[] =>
  Array.isArray(value) && value.length === n && value.every(isIndex)

const malformed = (field: string, what: string): SnapshotError =>
  new SnapshotError('snapshotMalformed', `${field} should be ${what}`)

function expected(isSo: boolean, field: string, what: string): void {
  if (!isSo) throw malformed(field, what)
}
