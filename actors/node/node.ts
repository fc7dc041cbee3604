import type { ReplicaId } from '../../machines/protocol/membership.ts'
import type { WsServer } from '../../net/ws/server.ts'
import type { Replica } from '../replica/replica.ts'
import type { ReplicaStatus } from '../replica/status.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'

/** A replica that votes in this process, with its port and its directory. `createNode` makes it. */
export interface Node<C, R> {
  readonly replica: Replica<C, R>
  /**
   * Proposes a command, and returns its result once it is executed here.
   * @throws ReplicaError: any code but `unknown` means that it was not, and will not be, proposed
   */
  propose(command: C): Promise<R>
  /**
   * The result of a command that only reads, of the current state: as `propose` gives it, and a promise that it writes
   * nothing.
   * @throws ReplicaError `notReadOnly`, and those of `propose`
   */
  read(command: C): Promise<R>
  /**
   * The result of a command that only reads, from the state of this replica as it is now, and so perhaps older than
   * results acknowledged elsewhere. `read` gives the current one.
   * @throws ReplicaError `notReady`, `notReadOnly`, `tooLarge`, `malformed`
   */
  query(command: C): R
  status(): ReplicaStatus
  /** Takes nothing new, finishes the commands in flight, and closes everything. */
  drain(): Promise<void>
  /** Closes everything at once. Commands in flight stay with the others, and on disk as far as they were written. */
  stop(): Promise<void>
}

/**
 * A door for connections beside peers and clients, for example a debugger's; `createNode` calls it once the replica
 * votes.
 * @returns a function that closes it
 */
export type Door<C, R> = (at: Doorway<C, R>) => () => void

/** The argument of a door. */
export interface Doorway<C, R> {
  /** The server of the node; a door serves another path of it. */
  readonly server: WsServer
  readonly replica: Replica<C, R>
  readonly id: ReplicaId
  /** The endpoint of each member. */
  readonly members: ReadonlyMap<ReplicaId, string>
  readonly cluster: string
  readonly limits: Limits
  readonly log: (event: ReplicaEvent) => void
}
