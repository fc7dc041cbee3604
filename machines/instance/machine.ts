import type { ActorRefFrom, SnapshotFrom } from 'xstate'
import { initialContext } from './context.ts'
import { instance } from './setup.ts'
import { committed } from './states/committed.ts'
import { executed } from './states/executed.ts'
import { undecided } from './states/undecided.ts'

/**
 * The lifecycle of one instance at one replica ([sections 2](../protocol/README.md#section-2) to
 * [4](../protocol/README.md#section-4)). Pure: no clock, no randomness, no I/O; its effects are given by the replica
 * with `provide`.
 */
export const instanceMachine = instance.createMachine({
  id: 'instance',
  context: ({ input }) => initialContext(input),
  initial: 'undecided',
  states: { undecided, committed, executed },
})

export type InstanceMachine = typeof instanceMachine
export type InstanceActor = ActorRefFrom<InstanceMachine>
export type InstanceSnapshot = SnapshotFrom<InstanceMachine>
