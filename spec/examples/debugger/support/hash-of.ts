import { createHash } from 'node:crypto'
import type { State } from '../../../../examples/debugger/model/state.ts'

/** A hash of all that a state shows. Who owns which part of it (the epochs) is no part of that. */
export const hashOf = (state: State): string => createHash('sha256').update(JSON.stringify(state, shown)).digest('hex')

const shown = (key: string, value: unknown): unknown =>
  key === 'epoch' ? undefined : value instanceof Map || value instanceof Set ? [...value] : value
