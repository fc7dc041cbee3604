import type { Rejection } from '../../machines/protocol/admission.ts'
import type { Message } from '../../machines/protocol/messages.ts'

/** The counters of a replica since its start. Each field is a field of its status. */
export class Counters {
  /** Instances committed here, Nops included. */
  committed = 0
  /** Own instances that were committed in one round trip, and by the slow path. */
  fastPath = 0
  slowPath = 0
  /** Commands in own instances committed in one round trip. */
  fastPathCommands = 0
  slowPathCommands = 0
  /** Instances committed as Nop. */
  nops = 0
  /** Own commands proposed anew, since their instance was decided Nop (rule 4.7). */
  resubmitted = 0
  /** Reads answered by quorum (section 5a), and the rounds that were asked for them. */
  reads = 0
  readRounds = 0
  /** Reads of several keys that a write has overtaken: they were asked anew. */
  readsOvertaken = 0
  /** Reads that began by quorum, and went on as commands. */
  readsAsCommands = 0
  /** Recoveries led here. */
  recoveries = 0
  /** Fetches that brought commits. */
  fetches = 0
  /** Snapshots of other replicas that were installed here. */
  snapshotsInstalled = 0
  /** Messages and frames dropped at the door. */
  rejected = 0
  /** The reason of the last rejection. */
  lastRejection: (Rejection & { readonly message: Message['type'] }) | undefined
}
