import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { UserStateMachine } from '../../../actors/shared/user-state-machine.ts'
import type { Codec } from '../../../net/codec.ts'

/** A state machine as a replica calls it. An error of it fails the spec. */
export const userStateMachine = <C, R>(machine: StateMachine<C, R>, codec: Codec): UserStateMachine =>
  new UserStateMachine(machine as unknown as StateMachine<unknown, unknown>, codec, (method, error) => {
    throw new Error(`${method} failed`, { cause: error })
  })
