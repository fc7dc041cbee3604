import type { Told } from '../told.ts'
import { conflict } from './conflict.ts'
import { coordinatorDies } from './crash.ts'
import { cycleOfTwo } from './cycle.ts'
import { fastPath } from './fast-path.ts'
import { noQuorum } from './no-quorum.ts'

/** The protocol in five schedules: the pictures of machines/protocol/TEN-MINUTES.md are made from them. */
export const lessons: readonly Told[] = [fastPath, conflict, cycleOfTwo, coordinatorDies, noQuorum]
