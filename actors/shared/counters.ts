import type { Rejection } from '../../machines/protocol/admission.ts'
import type { Message } from '../../machines/protocol/messages.ts'

/** What a replica counts from its start on. */
export class Counters {
  committed = 0
  fastPath = 0
  slowPath = 0
  fastPathCommands = 0
  slowPathCommands = 0
  nops = 0
  recoveries = 0
  fetches = 0
  snapshotsInstalled = 0
  rejected = 0
  lastRejection: (Rejection & { readonly message: Message['type'] }) | undefined
}
