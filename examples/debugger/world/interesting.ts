import type { TraceEvent } from '../trace/format.ts'

/** What is worth stopping at: a fault, a loss, a slow path, a recovery, a Nop, a violation. */
export function isInteresting(event: TraceEvent): boolean {
  switch (event.kind) {
    case 'fault':
      return event.what !== 'boot'
    case 'lost':
    case 'rejected':
      return event.message.id !== undefined
    case 'stepped':
      return (
        event.event === 'startRecovery' ||
        (event.before.endsWith('/preAccepting') && event.after.endsWith('/accepting'))
      )
    case 'committed':
      return event.path === 'found' || (event.cmd === 'nop' && event.path !== 'told')
    case 'violation':
    case 'resubmitted':
    case 'snapshot':
    case 'caption':
    case 'end':
      return true
    default:
      return false
  }
}
