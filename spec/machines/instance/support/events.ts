import type { InstanceEvent } from '../../../../machines/instance/events.ts'
import { initialBallot } from '../../../../machines/protocol/ballots.ts'
import { type Command, NOP, type Value } from '../../../../machines/protocol/commands.ts'
import { type Dependencies, noDependencies } from '../../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../../machines/protocol/instance-id.ts'
import type { Rank } from '../../../../machines/protocol/membership.ts'
import type { Message } from '../../../../machines/protocol/messages.ts'
import { initialRecord, type Phase, type Record } from '../../../../machines/protocol/record.ts'
import { type Invalidating, verdictOn } from '../../../../machines/protocol/recovery.ts'

/** One step of a history: the event, once it is known how many replicas there are. */
export type Step = (n: number) => InstanceEvent

/** The instance that every history is about: the first of rank 0. */
export const id: InstanceId = { epoch: 1, rank: 0, index: 1 }
export const other = (rank: Rank, index = 1): InstanceId => ({ epoch: 1, rank, index })

/** Writes the key `x`, like its rivals. */
export const cmd: Command = { footprint: { reads: [], writes: ['x'] }, payloads: [new Uint8Array([1])] }
export const anotherCmd: Command = { footprint: { reads: [], writes: ['x'] }, payloads: [new Uint8Array([2])] }

/** The k-th ballot of a rank, k from 1. */
export const ballot = (n: number, rank: Rank, k = 1): number => k * n + rank

const empty = noDependencies

export interface PreAcceptParts {
  readonly cmd?: Command
  /** D0. */
  readonly dep?: Dependencies
  /** What conflicts at the receiver. */
  readonly conflicting?: Dependencies
}

export const preAccept =
  (parts: PreAcceptParts = {}): Step =>
  n => ({
    type: 'preAccept',
    from: id.rank,
    message: { type: 'preAccept', id, cmd: parts.cmd ?? cmd, dep: parts.dep ?? empty(n) },
    conflicting: parts.conflicting ?? parts.dep ?? empty(n),
  })

/** The initial coordinator's own preAccept. */
export const submit = (dep?: Dependencies): Step => preAccept(dep === undefined ? {} : { dep })

/** @param down ranks believed down when it comes */
export const preAcceptOk =
  (from: Rank, dep?: Dependencies, down: readonly Rank[] = []): Step =>
  n => ({
    type: 'preAcceptOk',
    from,
    message: { type: 'preAcceptOk', id, dep: dep ?? empty(n) },
    down: down.reduce((bits, rank) => bits | (1 << rank), 0),
  })

export const accept =
  (from: Rank, bal: number, value: Value = cmd, dep?: Dependencies): Step =>
  n => ({ type: 'accept', from, message: { type: 'accept', id, bal, cmd: value, dep: dep ?? empty(n) } })

export const acceptOk =
  (from: Rank, bal: number = initialBallot): Step =>
  () => ({ type: 'acceptOk', from, message: { type: 'acceptOk', id, bal } })

export const commit =
  (from: Rank, value: Value = cmd, dep?: Dependencies): Step =>
  n => ({ type: 'commit', from, message: { type: 'commit', id, cmd: value, dep: dep ?? empty(n) } })

export const recover =
  (from: Rank, bal: number): Step =>
  () => ({ type: 'recover', from, message: { type: 'recover', id, bal } })

export interface Vote {
  readonly phase?: Phase
  readonly abal?: number
  readonly cmd?: Value | undefined
  readonly dep?: Dependencies
  readonly initDep?: Dependencies
}

/** By default of a replica that has never heard of the instance. */
export const recoverOk =
  (from: Rank, bal: number, vote: Vote = {}): Step =>
  n => ({
    type: 'recoverOk',
    from,
    message: {
      type: 'recoverOk',
      id,
      bal,
      abal: vote.abal ?? initialBallot,
      cmd: 'cmd' in vote ? vote.cmd : vote.phase === undefined ? undefined : cmd,
      dep: vote.dep ?? empty(n),
      initDep: vote.initDep ?? empty(n),
      phase: vote.phase ?? 'initial',
    },
  })

export const preAccepted: Vote = { phase: 'preAccepted' }
export const acceptedNop = (abal: number): Vote => ({ phase: 'accepted', abal, cmd: NOP })

export interface ValidateParts {
  readonly dep?: Dependencies
  /** I at the receiver. */
  readonly invalidating?: readonly Invalidating[]
}

export const validate =
  (from: Rank, bal: number, parts: ValidateParts = {}): Step =>
  n => ({
    type: 'validate',
    from,
    message: { type: 'validate', id, bal, cmd, dep: parts.dep ?? empty(n) },
    invalidating: parts.invalidating ?? [],
  })

/** @param invalidating uncommitted unless it says otherwise */
export const validateOk =
  (from: Rank, bal: number, ...invalidating: readonly (InstanceId | Invalidating)[]): Step =>
  () => ({
    type: 'validateOk',
    from,
    message: {
      type: 'validateOk',
      id,
      bal,
      invalidating: invalidating.map(each => ('committed' in each ? each : { id: each, committed: false })),
    },
  })

const bare = (type: 'tryRecover' | 'stable', from: Rank): InstanceEvent =>
  ({ type, from, message: { type, id } as Message }) as InstanceEvent

export const tryRecover =
  (from: Rank): Step =>
  () =>
    bare('tryRecover', from)
export const stable =
  (from: Rank): Step =>
  () =>
    bare('stable', from)
export const nack =
  (from: Rank, bal: number): Step =>
  () => ({ type: 'nack', from, message: { type: 'nack', id, bal } })

export const restore =
  (record: Partial<Record>): Step =>
  n => ({ type: 'restore', record: { ...initialRecord(n), ...record } })
export const resume: Step = () => ({ type: 'resume' })
export const startRecovery: Step = () => ({ type: 'startRecovery' })
export const resend: Step = () => ({ type: 'resend' })
export const giveUpFastPath: Step = () => ({ type: 'giveUpFastPath' })
export const executed: Step = () => ({ type: 'executed' })
export const memberCommitted =
  (member: InstanceId, value: Value = cmd, dep?: Dependencies): Step =>
  n => ({ type: 'memberCommitted', member, verdict: verdictOn(id, value, dep ?? empty(n)) })
export const memberWaiting =
  (member: InstanceId, k: number): Step =>
  () => ({ type: 'memberWaiting', member, k })
