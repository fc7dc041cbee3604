export type { Clock, Random } from '../machines/protocol/clock.ts'
