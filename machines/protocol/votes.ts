import type { Ballot } from './ballots.ts'
import { type Command, NOP, type Value } from './commands.ts'
import { type Dependencies, noDependencies, sameDependencies, union } from './dependencies.ts'
import { invariant } from './errors.ts'
import type { InstanceId } from './instance-id.ts'
import type { Record } from './record.ts'
import { sameBytes } from './same-bytes.ts'

/**
 * Rule 3.2, the vote: D0 united with everything known here that conflicts.
 * @param conflicting by the conflict index, before `id` is entered
 */
export const votePreAccept = (
  id: InstanceId,
  record: Record,
  cmd: Command,
  d0: Dependencies,
  conflicting: Dependencies,
): Record => ({
  ...record,
  phase: 'preAccepted',
  cmd,
  initCmd: cmd,
  dep: union(id, d0, conflicting),
  initDep: d0,
})

/** Rule 3.4, the vote. initCmd and initDep stay. */
export const voteAccept = (record: Record, bal: Ballot, cmd: Value, dep: Dependencies): Record => ({
  ...record,
  phase: 'accepted',
  bal,
  abal: bal,
  cmd: asKnown(record, cmd),
  dep: cmd === NOP ? noDependencies(dep.length) : dep,
})

/** Rule 4.2: nothing below `bal` is voted for from here on. abal is not touched. */
export const promise = (record: Record, bal: Ballot): Record => ({ ...record, bal })

/** Rule 4.4: the validated payload and dependencies are taken over; phase, dep and abal stay. */
export const adoptCandidate = (record: Record, cmd: Command, d: Dependencies): Record => ({
  ...record,
  cmd,
  initCmd: cmd,
  initDep: d,
})

/** Rule 3.6: committed is terminal. */
export const learnCommit = (record: Record, cmd: Value, dep: Dependencies): Record => ({
  ...record,
  phase: 'committed',
  cmd: asKnown(record, cmd),
  dep,
})

/**
 * An equal command that the record has already, for the other: each is as large as its batch, and kept as long as the
 * record.
 */
const asKnown = ({ initCmd }: Record, cmd: Value): Value =>
  initCmd !== undefined && cmd !== NOP && sameCommand(initCmd, cmd) ? initCmd : cmd

/**
 * Rule 3.6: a later commit must be equal.
 * @throws InvariantError when it is not: two replicas have decided differently (B4)
 */
export function assertSameCommit(record: Record, cmd: Value, dep: Dependencies, name: () => string): void {
  invariant(
    isSameCommit(record, cmd, dep),
    () => `${name()} is committed with dependencies ${record.dep}, and now comes another commit with ${dep}`,
  )
}

/** Whether a commit says what is committed here. */
export const isSameCommit = (record: Record, cmd: Value, dep: Dependencies): boolean =>
  sameDependencies(record.dep, dep) && sameValue(record.cmd, cmd)

/** Whether two values are the same, byte for byte. */
export const sameValue = (a: Value | undefined, b: Value): boolean =>
  a === b || (a !== undefined && a !== NOP && b !== NOP && sameCommand(a, b))

/** Payloads are compared byte by byte: two of them for one id would mean a reused index (B20). */
export const sameCommand = (a: Command, b: Command): boolean => a === b || samePayloads(a.payloads, b.payloads)

const samePayloads = (a: Command['payloads'], b: Command['payloads']): boolean =>
  a.length === b.length && a.every((bytes, at) => sameBytes(bytes, b[at]!))
