import { d1 } from './d1.ts'
import { d2 } from './d2.ts'
import { g } from './g.ts'
import { l2 } from './l2.ts'
import { lessons } from './lessons/index.ts'
import { n } from './n.ts'
import type { Told } from './told.ts'
import { v } from './v.ts'
import { x1 } from './x1.ts'

/** The schedules that can be looked at. */
export const toldScenarios: readonly Told[] = [...lessons, n, v, g, d1, d2, l2, x1]
