import { setup } from 'xstate'

/** What one replica thinks of another ([section 4](../protocol/README.md#section-4), *Live*). */
export type LinkEvent =
  /** A heartbeat: can it vote (storage durable, index rebuilt), and is it in step with the index window? */
  | { readonly type: 'heartbeat'; readonly able: boolean }
  /** Nothing was heard for the suspicion time. */
  | { readonly type: 'silent' }
  /** Nobody listens at its address: its process is gone. */
  | { readonly type: 'refused' }

/**
 * The link to one peer. Suspicion is of a replica, never of an instance's age; it is policy: a false one costs time and
 * Nops, never safety.
 */
export const linkMachine = setup({
  types: { events: {} as LinkEvent, context: {} as Record<string, never>, tags: {} as 'live' },
  guards: {
    isAble: ({ event }) => event.type === 'heartbeat' && event.able,
  },
}).createMachine({
  id: 'link',
  context: {},
  initial: 'unheard',
  on: {
    heartbeat: [{ guard: 'isAble', target: '.live' }, { target: '.unable' }],
    silent: '.suspected',
    refused: '.suspected',
  },
  states: {
    /** Nothing heard since this replica began: given the benefit of the doubt for one suspicion time. */
    unheard: { tags: 'live' },
    /** Heard of, able to vote, in step. */
    live: { tags: 'live' },
    /** Heard of, but it could not do what it would be asked for (L4). */
    unable: {},
    /** Not heard of for the suspicion time, or its process is gone. */
    suspected: {},
  },
})
export type LinkState = 'unheard' | 'live' | 'unable' | 'suspected'
