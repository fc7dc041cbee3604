import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { quorumsOf } from '../../../machines/protocol/quorums.ts'
import { checkHistory, type HistoryVerdict, type KvOperation, readHistory } from '../../sim/linearizability/index.ts'
import type { Fault } from './fault-plan.ts'
import type { Hit } from './inflict.ts'

/** What clients saw of a run. */
export interface Judgement {
  readonly ok: number
  /** They certainly did not happen. */
  readonly failed: number
  readonly unknown: number
  /** Unknown outcomes that no fault accounts for. */
  readonly unexplained: readonly KvOperation[]
  /** Milliseconds: the longest wait for an answer. */
  readonly longestWaitMs: number
  readonly verdict: HistoryVerdict
}

/** @throws HistoryError when the file is no history, the system's error when it cannot be read */
export async function judge(
  file: string,
  hits: readonly Hit[],
  replicas: number,
  timeoutMs: number,
): Promise<Judgement> {
  const input = createReadStream(file)
  const { operations, refused } = await readHistory(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
  const unknown = operations.filter(({ end }) => end === null)
  const waits = operations.map(({ start, end }) => (end === null ? 0 : Number(end - start) / 1e6))
  return {
    ok: operations.length - unknown.length,
    failed: refused,
    unknown: unknown.length,
    unexplained: unknown.filter(({ start }) => !isExplained(start, hits, replicas, timeoutMs)),
    longestWaitMs: Math.round(waits.reduce((longest, ms) => Math.max(longest, ms), 0)),
    verdict: checkHistory(operations),
  }
}

/** Why a run with this judgement fails; nothing when it does not. */
export function objectionsTo({ verdict, unexplained }: Judgement): readonly string[] {
  return [
    ...(verdict.verdict === 'linearizable' ? [] : [`the history is ${verdict.verdict}`]),
    ...unexplained.map(
      ({ client, op, key, start }) =>
        `no fault explains why ${op} ${key} of client ${client}, at ${start} ns, is unknown`,
    ),
  ]
}

/**
 * May an operation that began then stay without an answer? While it could be under way, a replica was killed or
 * frozen, or some replica had no quorum.
 * @param timeoutMs after which a client gives an operation up
 */
export function isExplained(startNs: bigint, hits: readonly Hit[], replicas: number, timeoutMs: number): boolean {
  const untilNs = startNs + BigInt(timeoutMs) * 1_000_000n
  return hits.some(
    ({ fault, atNs, endNs }) => startNs <= endNs && atNs < untilNs && leavesSomeoneWithoutQuorum(fault, replicas),
  )
}

/** A cut that leaves every replica a quorum that it can talk with, both ways, is to be lived through. */
function leavesSomeoneWithoutQuorum(fault: Fault, replicas: number): boolean {
  if (fault.kind !== 'cut') return true
  const lostPeers = new Map<number, Set<number>>()
  const lost = (id: number, peer: number): void => {
    lostPeers.set(id, (lostPeers.get(id) ?? new Set()).add(peer))
  }
  for (const { from, to } of fault.ways) {
    lost(from, to)
    lost(to, from)
  }
  return [...lostPeers.values()].some(peers => replicas - peers.size < quorumsOf(replicas).slow)
}
