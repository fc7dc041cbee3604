import type { HungReport } from './bed.ts'

export const bounds = {
  /** Of a client of a healthy replica, while a minority hangs. */
  healthyMs: 800,
  /** Beyond its limit a command of a client may take so much: it shares the machine. */
  slackMs: 500,
  /** From the end of a flush that hung to an answer of every replica. */
  backMs: 1_000,
  /** One of a minority has missed what the others did meanwhile: it takes at most this share of the time to catch up. */
  catchUpShare: 1 / 4,
} as const

/** Ends of a command that say that it was not done, or may have been. */
const clear = new Set(['ok', 'notReady', 'unavailable', 'unknown', 'overloaded'])

/** Why a run fails: empty when all is well. */
export function objectToHung(report: HungReport): readonly string[] {
  const { replicas, hung, seconds, healthy, own, limitMs, backAfterMs, lost, unexpectedEnds } = report
  const isServed = hung <= Math.floor((replicas - 1) / 2)
  const objections: string[] = [...unexpectedEnds]
  const longestMs = Math.max(own.longestMs, healthy.longestMs)
  if (isServed && healthy.longestMs > bounds.healthyMs)
    objections.push(`a client of a healthy replica waited ${Math.round(healthy.longestMs)} ms`)
  if (isServed && Object.keys(healthy.ends).some(code => code !== 'ok'))
    objections.push(`commands at healthy replicas ended with ${Object.keys(healthy.ends).join(', ')}`)
  if (longestMs > limitMs + bounds.slackMs)
    objections.push(`a command with a limit of ${limitMs} ms took ${Math.round(longestMs)} ms`)
  for (const code of Object.keys({ ...own.ends, ...healthy.ends }))
    if (!clear.has(code)) objections.push(`a command ended with ${code}`)
  const missedMs = isServed ? seconds * 1_000 : 0
  if (backAfterMs > Math.max(bounds.backMs, missedMs * bounds.catchUpShare))
    objections.push(`a replica answered ${Math.round(backAfterMs)} ms after its flush ended`)
  if (lost.length > 0) objections.push(`acknowledged, and lost: ${lost.slice(0, 3).join(', ')} (${lost.length})`)
  return objections
}
