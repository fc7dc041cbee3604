import { setup } from 'xstate'
import type { Message } from '../protocol/messages.ts'
import { actions } from './actions.ts'
import type { InstanceContext, InstanceInput } from './context.ts'
import type { InstanceEvent } from './events.ts'
import { guards } from './guards.ts'
import type { Addressed } from './outgoing.ts'

/** What every state says of itself. */
export interface StateMeta {
  /** The rules of [the protocol](../protocol/README.md) that live here. */
  readonly rule: string
  /** The paper they come from. */
  readonly source?: string
  /** Events that are meant to be dropped here, and why: whatever else is unhandled is a mistake. */
  readonly ignores?: { readonly [event: string]: string }
}

/** An effect is the replica's to give; forgetting one fails in the first spec instead of losing a write. */
const unwired = (name: string) => (): never => {
  throw new Error(`the effect ${name} has no body: give it one with instanceMachine.provide`)
}

/**
 * The vocabulary of the instance statechart: what happens to an instance, what it asks, and what it does. The effects
 * only append to the replica's outbox; the record goes to disk before any message of the same turn leaves (section 6).
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
    /** The record has changed and must be durable before what is said in this turn leaves. */
    writeRecord: unwired('writeRecord'),
    /** To whoever sent the event; to oneself once this turn is durable, or when section 6 says that it counts. */
    reply: unwired('reply') as (_: unknown, message: Message) => void,
    /** To all others. */
    broadcast: unwired('broadcast') as (_: unknown, message: Message) => void,
    sendTo: unwired('sendTo') as (_: unknown, addressed: Addressed) => void,
    /** Committed, by context.path: tell the others what they do not know, and the executor (section 6 says when). */
    announceCommit: unwired('announceCommit'),
    /** Committed already, and another has told it: nobody's memory is needed for it any more (section 6). */
    announceTold: unwired('announceTold'),
    /** Send giveUpFastPath after a short, bounded wait. */
    awaitFastPath: unwired('awaitFastPath'),
    /** Send memberCommitted and memberWaiting for each of attempt.members, at once for what is known already. */
    awaitMembers: unwired('awaitMembers'),
  },
})
