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

/**
 * Plugs in any inspector of the XState ecosystem: `inspectWith(replica.actor, createBrowserInspector().inspect)`.
 * @param only this instance alone, `[rank, index]`; left out: everything there is
 * @returns what ends it
 */
export function inspectWith(
  root: Inspectable,
  inspector: Observer<InspectionEvent> | ((event: InspectionEvent) => void),
  only?: readonly [rank: number, index: number],
): () => void {
  const actorId = only?.join('.')
  const tell = typeof inspector === 'function' ? inspector : (event: InspectionEvent) => inspector.next?.(event)
  const subscription = root.system.inspect(event => {
    if (actorId === undefined || idOf(event.actorRef) === actorId) tell(event)
  })
  return () => subscription.unsubscribe()
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
