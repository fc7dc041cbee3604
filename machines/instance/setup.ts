import { setup } from 'xstate'
import type { Message } from '../protocol/messages.ts'
import { actions } from './actions.ts'
import type { InstanceContext, InstanceInput } from './context.ts'
import type { InstanceEvent } from './events.ts'
import { guards } from './guards.ts'
import type { Addressed } from './outgoing.ts'

/** The documentation of a state. */
export interface StateMeta {
  /** The rules of [the protocol](../protocol/README.md) that the state implements. */
  readonly rule: string
  /** The paper of these rules. */
  readonly source?: string
  /** Events that are dropped here on purpose, with the reason: any other unhandled event is a mistake. */
  readonly ignores?: { readonly [event: string]: string }
}

/** An effect is the replica's to give; forgetting one fails in the first spec instead of losing a write. */
const unwired = (name: string) => (): never => {
  throw new Error(`the effect ${name} has no body: give it one with instanceMachine.provide`)
}

/**
 * The vocabulary of the instance statechart: its events, guards and actions. The effects only append to the replica's
 * outbox; the record goes to disk before any message of the same turn leaves (section 6).
 */
export const instance = setup({
  types: {
    context: {} as InstanceContext,
    events: {} as InstanceEvent,
    input: {} as InstanceInput,
    meta: {} as StateMeta,
  },
  guards,
  actions: {
    ...actions,
    /** The record has changed and must be durable before the messages of this turn leave. */
    writeRecord: unwired('writeRecord'),
    /**
     * A reply to the sender of the event; to oneself once this turn is durable, or when section 6 says that it counts.
     */
    reply: unwired('reply') as (_: unknown, message: Message) => void,
    /** A message to all others. */
    broadcast: unwired('broadcast') as (_: unknown, message: Message) => void,
    sendTo: unwired('sendTo') as (_: unknown, addressed: Addressed) => void,
    /** Committed, by context.path: tell the others that do not know it, and the executor (section 6 says when). */
    announceCommit: unwired('announceCommit'),
    /**
     * Committed already, and another replica has told it: no replica's memory is needed for it any more (section 6).
     */
    announceTold: unwired('announceTold'),
    /** Send giveUpFastPath after a short, bounded wait. */
    awaitFastPath: unwired('awaitFastPath'),
    /** Send memberCommitted and memberWaiting for each of attempt.members, at once for facts known already. */
    awaitMembers: unwired('awaitMembers'),
  },
})
