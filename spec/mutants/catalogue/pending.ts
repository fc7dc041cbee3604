import type { Pending } from '../mutant.ts'

/** Rows whose code is not written yet: their mutants come with it. Nothing else may be pending. */
export const pending: readonly Pending[] = []
