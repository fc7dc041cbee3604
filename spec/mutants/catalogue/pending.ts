import type { Pending } from '../mutant.ts'

/** Rows whose code is not written yet: their mutants come with it. Nothing else may be pending. */
export const pending: readonly Pending[] = [{ rows: ['B21', 'D1', 'D1b'], comesWith: 'the faster rule' }]
