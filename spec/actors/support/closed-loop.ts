import { ReplicaError } from '../../../actors/shared/replica-error.ts'
import { type KvCommand, type KvResult, put } from '../../../examples/kv/commands.ts'
import type { MemoryCluster } from './memory-cluster.ts'

/** Clients of one in-memory cluster on simulated time, each with one command at a time. */
export interface ClosedLoop {
  /** The longest wait of any of them so far for a result, a refusal or an error, ms; also of a wait that goes on. */
  longestMs(): number
  /** How many commands have ended in which way: `ok`, or the code of the error. */
  readonly ends: ReadonlyMap<string, number>
  /** The last value of each key that was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, string>
  /** No client sends another command. */
  end(): void
}

/**
 * Starts clients at some members.
 * @param thinkMs time that a client rests between two commands
 * @param keyOf the key of a client's next command; a key of its own makes the last acknowledged value certain
 */
export function closedLoop(
  { replicas, nowMs, clock }: Pick<MemoryCluster<KvCommand, KvResult>, 'replicas' | 'nowMs' | 'clock'>,
  members: readonly number[],
  clientsOfEach: number,
  thinkMs: number,
  keyOf: (member: number, client: number) => string,
): ClosedLoop {
  const ends = new Map<string, number>()
  const acknowledged = new Map<string, string>()
  const openSinceMs = new Map<string, number>()
  let longestMs = 0
  let isOver = false
  let count = 0
  const next = (member: number, client: number): void => {
    if (isOver) return
    const name = `${member}.${client}`
    const key = keyOf(member, client)
    const value = `${++count}`
    const sinceMs = nowMs()
    openSinceMs.set(name, sinceMs)
    const ended = (how: string): void => {
      longestMs = Math.max(longestMs, nowMs() - sinceMs)
      openSinceMs.delete(name)
      ends.set(how, (ends.get(how) ?? 0) + 1)
      clock.setTimeout(() => next(member, client), thinkMs)
    }
    replicas[member - 1]!.propose(put(key, value)).then(
      () => {
        acknowledged.set(key, value)
        ended('ok')
      },
      (error: unknown) => ended(error instanceof ReplicaError ? error.code : String(error)),
    )
  }
  for (const member of members) for (let client = 0; client < clientsOfEach; client++) next(member, client)
  return {
    longestMs: () => Math.max(longestMs, ...[...openSinceMs.values()].map(sinceMs => nowMs() - sinceMs)),
    ends,
    acknowledged,
    end: () => {
      isOver = true
    },
  }
}
