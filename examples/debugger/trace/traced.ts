/** What the events of a trace say of commands, messages and records. */
import type { Keys } from '../../../machines/protocol/commands.ts'

/** `3.17`: the 17th instance of member 3. */
export type Id = string
export type Member = number

/** A command, without its values unless the header says that they are shown. */
export interface TracedCommand {
  readonly writes: readonly string[] | 'all'
  readonly reads: readonly string[] | 'all'
  /** Keys beyond those that are named. */
  readonly moreKeys?: number
  /** Payloads of the batch: each holds one client command or more. */
  readonly payloads: number
  readonly bytes: number
  /** FNV-1a of the payloads, 8 hexadecimal digits: equal commands have equal ones. */
  readonly hash: string
  /** One text a payload: with shown values alone. */
  readonly shown?: readonly string[]
}
export type TracedValue = 'nop' | TracedCommand

/** A message between replicas: the fields that it has. Of commands only whether it is Nop. */
export interface TracedMessage {
  readonly type: string
  readonly id?: Id
  readonly bal?: number
  readonly abal?: number
  readonly phase?: string
  readonly cmd?: 'nop' | 'command'
  readonly dep?: readonly number[]
  readonly initDep?: readonly number[]
  /** validateOk: who could invalidate; `!` at the end for those that are committed. */
  readonly invalidating?: readonly string[]
  /** waiting */
  readonly k?: number
  /** heartbeat */
  readonly known?: readonly number[]
  readonly executed?: readonly number[]
  readonly canVote?: boolean
  readonly inStep?: boolean
  /** A round of reads: the life of the store that asks, and a count. */
  readonly round?: string
  /** readAsk */
  readonly keys?: Keys
  /** Bytes of a part of a snapshot. */
  readonly bytes?: number
}

/** What one replica drives for an instance at a ballot of its own. Members stand where replies do. */
export interface TracedAttempt {
  readonly ballot: number
  /** Who has answered preAccept, with which dependencies: those that differ from the coordinator's deviate. */
  readonly preAcceptOks?: readonly { readonly from: Member; readonly dep: readonly number[] }[]
  /** Believed down when the last preAcceptOk came. */
  readonly down?: readonly Member[]
  readonly fastPathGivenUp?: true
  readonly acceptOks?: readonly Member[]
  readonly recoverOks?: readonly { readonly from: Member; readonly phase: string; readonly abal: number }[]
  /** Q, of whom all must validate, and k: those of Q that pre-accepted with dep = initDep. */
  readonly quorum?: readonly Member[]
  readonly k?: number
  readonly validateOks?: readonly Member[]
  /** 4.5.3: who is waited for. */
  readonly members?: readonly { readonly id: Id; readonly verdict?: string; readonly waitingK: number }[]
}

/** A record as one replica has it. */
export interface TracedRecord {
  readonly phase: string
  readonly bal: number
  readonly abal: number
  readonly dep: readonly number[]
  readonly initDep: readonly number[]
  /** Told when it is new to the reader of this replica's events. */
  readonly cmd?: TracedValue
}
