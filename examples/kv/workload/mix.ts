import type { Random } from '../../../machines/protocol/clock.ts'
import { EpaxosError } from '../../../machines/protocol/errors.ts'
import { isKeyOp, type KeyOp, keyOps } from '../key-operations.ts'

/** The operations of a workload: those on one key. */
export const mixOps: readonly KeyOp[] = keyOps
export type MixOp = KeyOp
/** Weights: their sum counts as the whole. */
export type Mix = Readonly<Partial<Record<MixOp, number>>>

/** Reads for this share of the operations, puts for the rest. */
export const readShareMix = (share: number): Mix => ({ get: share, put: 1 - share })

/** The operations of the checker's long histories: counters have keys of their own. */
export const defaultMix: Mix = { get: 0.5, put: 0.25, cas: 0.1, append: 0.1, del: 0.05 }

/**
 * `put=0.5,get=0.5`: weights of any sum.
 * @throws EpaxosError `malformed` that names the part at fault
 */
export function parseMix(text: string): Mix {
  const mix: Partial<Record<MixOp, number>> = {}
  for (const part of text.split(',')) {
    const [op = '', weight = ''] = part.split('=')
    if (!isKeyOp(op) || !/^\d+(\.\d+)?$|^\.\d+$/.test(weight)) {
      throw new EpaxosError('malformed', `expected OP=WEIGHT,... with OP of ${mixOps.join(', ')}; found '${part}'`)
    }
    mix[op] = Number(weight)
  }
  if (!Object.values(mix).some(weight => weight > 0)) {
    throw new EpaxosError('malformed', `expected a weight above 0, found '${text}'`)
  }
  return mix
}

/** Draws operations by their weights. */
export function drawFrom(mix: Mix, random: Random): () => MixOp {
  const entries = mixOps.map(op => [op, mix[op] ?? 0] as const).filter(([, weight]) => weight > 0)
  const sum = entries.reduce((total, [, weight]) => total + weight, 0)
  return () => {
    let at = random() * sum
    for (const [op, weight] of entries) {
      at -= weight
      if (at < 0) return op
    }
    // Rounding: the sum was reached, not passed.
    return entries.at(-1)![0]
  }
}
