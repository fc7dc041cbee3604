import type { Random } from '../../index.ts'
import { createRandom } from '../kv/workload/random.ts'
import { uniform, zipf } from './draws.ts'
import { inFlightOf, type KeyPlan, type LoadPlan } from './load-plan.ts'

/** A put, or a read (its value is not sent). Texts of ASCII. */
export interface Operation {
  readonly isRead: boolean
  readonly key: string
  readonly value: string
}

/** Different values in circulation: enough that nothing on the way finds them all alike. */
const valuesKept = 64
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** The key that all puts share with the plan's probability. */
export const sharedKey = 'shared'

/** The operations of one run: `next(client)` for the client of this number. */
export function operationsOf(plan: LoadPlan): { next(client: number): Operation } {
  const random = createRandom(plan.seed)
  const keyOf = keysOf(plan.keys, inFlightOf(plan.pace), random)
  const values = Array.from({ length: valuesKept }, () => textOf(plan.valueBytes, random))
  let drawn = 0
  return {
    next(client) {
      const isRead = plan.readShare > 0 && random() < plan.readShare
      const isShared = !isRead && plan.conflictShare > 0 && random() < plan.conflictShare
      drawn += 1
      return { isRead, key: isShared ? sharedKey : keyOf(client), value: values[drawn % valuesKept]! }
    },
  }
}

function keysOf(plan: KeyPlan, clients: number, random: Random): (client: number) => string {
  if (plan.kind === 'own') {
    if (plan.keys === 1) {
      const keys = Array.from({ length: clients }, (_, client) => `c${client}`)
      return client => keys[client]!
    }
    let turn = 0
    return client => `c${client}.${turn++ % plan.keys}`
  }
  const draw = plan.kind === 'uniform' ? uniform(plan.keys, random) : zipf(plan.keys, plan.exponent, random)
  return () => `k${draw()}`
}

const textOf = (length: number, random: Random): string =>
  Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
