import type { ActorRefLike, InspectionEvent, Observer } from 'xstate'
import type { Deep, Id, Member } from '../trace/format.ts'

/** Whatever looks at actors of XState: the replica's own actor, of whose system its instances are part. */
interface Inspectable {
  readonly system: {
    inspect(observer: Observer<InspectionEvent> | ((event: InspectionEvent) => void)): { unsubscribe(): void }
  }
}

/**
 * All that XState tells of one instance at this replica: events, microsteps, transitions with their guards, actions. It costs
 * every actor of the replica something while it is on. The one place that knows XState's inspection events.
 * @returns what ends it
 */
export function inspectInstance(
  root: Inspectable,
  members: readonly Member[],
  id: Id,
  tell: (event: Omit<Deep, 'kind' | 'ms' | 'at'>) => void,
): () => void {
  const actorId = actorIdOf(members, id)
  const subscription = root.system.inspect(event => {
    if (idOf(event.actorRef) !== actorId) return
    const told = inWords(event)
    if (told !== undefined) tell({ id, ...told })
  })
  return () => subscription.unsubscribe()
}

/** An inspector of the XState ecosystem: a function, an observer, or an object that has one as `inspect`. */
export type Inspector =
  | Observer<InspectionEvent>
  | ((event: InspectionEvent) => void)
  | { readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void) | undefined }

/**
 * Plugs in any inspector of the XState ecosystem: `inspectWith(replica.actor, createBrowserInspector().inspect)`. One that
 * throws is not called any more, and the replica goes on; its event `observerFailed` says so. One that is none, such as
 * what `createBrowserInspector` gives where there is no browser, is said on standard error, and nothing is inspected.
 * @param only this instance alone, `[rank, index]`; left out: everything there is
 * @returns what ends it
 */
export function inspectWith(
  root: Inspectable,
  inspector: Inspector | undefined,
  only?: readonly [rank: number, index: number],
): () => void {
  const actorId = only?.join('.')
  const tell = tellerOf(inspector)
  if (tell === undefined) {
    console.error(
      'epaxos: nothing is inspected: the inspector is no function and has no `next` (is it one for browsers?)',
    )
    return () => undefined
  }
  const subscription = root.system.inspect(event => {
    if (actorId === undefined || idOf(event.actorRef) === actorId) tell(event)
  })
  return () => subscription.unsubscribe()
}

function tellerOf(inspector: Inspector | undefined): ((event: InspectionEvent) => void) | undefined {
  if (typeof inspector === 'function') return inspector
  if (typeof inspector !== 'object' || inspector === null) return undefined
  if ('inspect' in inspector && inspector.inspect !== undefined) return tellerOf(inspector.inspect)
  if ('next' in inspector && typeof inspector.next === 'function') return event => inspector.next?.(event)
  return undefined
}

/** Instance actors are named by the rank of their coordinator. */
function actorIdOf(members: readonly Member[], id: Id): string {
  const dot = id.indexOf('.')
  return `${members.indexOf(Number(id.slice(0, dot)))}${id.slice(dot)}`
}

const idOf = (actor: ActorRefLike): string | undefined => ('id' in actor ? String(actor.id) : undefined)

function inWords(event: InspectionEvent): Pick<Deep, 'what' | 'words'> | undefined {
  switch (event.type) {
    case '@xstate.event':
      return { what: 'event', words: event.event.type }
    case '@xstate.microstep':
      return { what: 'microstep', words: event._transitions.map(transitionInWords).join('; ') }
    case '@xstate.action':
      return { what: 'action', words: event.action.type }
    case '@xstate.snapshot':
      return { what: 'snapshot', words: 'value' in event.snapshot ? JSON.stringify(event.snapshot.value) : '' }
    default:
      return undefined
  }
}

function transitionInWords({
  source,
  target,
  eventType,
  guard,
}: {
  source: { path: readonly string[] }
  target?: readonly { path: readonly string[] }[] | undefined
  eventType: string
  guard?: unknown
}): string {
  const to = target === undefined ? 'stays' : `-> ${target.map(({ path }) => path.join('.')).join(', ')}`
  const on = eventType === '' ? 'always' : eventType
  return `${source.path.join('.')} on ${on}${guard === undefined ? '' : ` [${guardName(guard)}]`} ${to}`
}

const guardName = (guard: unknown): string =>
  typeof guard === 'object' && guard !== null && 'type' in guard ? String(guard.type) : String(guard)
