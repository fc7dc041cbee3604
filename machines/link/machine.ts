import { setup } from 'xstate'

/**
 * The events of a link, from which one replica judges another ([section 4](../protocol/README.md#section-4), *Live*).
 */
export type LinkEvent =
  /**
   * A heartbeat: could it lead (storage durable, index rebuilt, a quorum heard, in step with the index window)? `mute`:
   * not even a vote of it leaves.
   */
  | { readonly type: 'heartbeat'; readonly able: boolean; readonly mute?: boolean }
  /** Nothing was heard for the suspicion time. */
  | { readonly type: 'silent' }
  /** Its address refuses connections: its process is gone. */
  | { readonly type: 'refused' }

/**
 * The link to one peer. Suspicion is of a replica, never of an instance's age; it is policy: a false one costs time and
 * Nops, never safety.
 */
export const linkMachine = setup({
  types: { events: {} as LinkEvent, context: {} as Record<string, never>, tags: {} as 'live' },
  guards: {
    isAble: ({ event }) => event.type === 'heartbeat' && event.able,
    isMute: ({ event }) => event.type === 'heartbeat' && event.mute === true,
  },
}).createMachine({
  id: 'link',
  context: {},
  initial: 'unheard',
  on: {
    heartbeat: [{ guard: 'isMute', target: '.mute' }, { guard: 'isAble', target: '.live' }, { target: '.unable' }],
    silent: '.suspected',
    refused: '.suspected',
  },
  states: {
    /** The peer was not heard since this replica began; it counts as live for one suspicion time. */
    unheard: { tags: 'live' },
    /** The peer is heard, able to vote, and in step. */
    live: { tags: 'live' },
    /** The peer is heard, but could not serve a request (L4). */
    unable: {},
    /** The peer is heard, and says that no vote of it leaves: its disk is full or hangs, or it is about to end. */
    mute: {},
    /** The peer was not heard for the suspicion time, or its process is gone. */
    suspected: {},
  },
})
export type LinkState = 'unheard' | 'live' | 'unable' | 'mute' | 'suspected'
