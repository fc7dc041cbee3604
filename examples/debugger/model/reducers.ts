import type { EventKind, EventOf } from '../trace/format.ts'
import type { State } from './state.ts'

/** What each of these kinds of events does to the state. */
export type Reducers<K extends EventKind> = { readonly [E in K]: (state: State, event: EventOf<E>) => void }
