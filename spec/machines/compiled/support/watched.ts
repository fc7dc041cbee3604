import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
} from 'xstate'

/** An actor, and all that can be seen of it from outside: for comparing one that is compiled with XState's own. */
export class Watched {
  readonly seen: string[] = []
  readonly #actor

  constructor(machine: AnyStateMachine, input?: unknown) {
    this.#actor = createActor(machine, { input, inspect: event => this.#inspected(event) })
    this.#actor.subscribe({ error: error => this.seen.push(`error ${String(error)}`) })
    this.#actor.start()
    this.#look()
  }

  /** @returns false once it has ended */
  send(event: AnyEventObject): boolean {
    const before = this.#actor.getSnapshot()
    this.#actor.send(event)
    this.seen.push(this.#actor.getSnapshot() === before ? 'unchanged' : 'changed')
    return this.#look()
  }

  #look(): boolean {
    const { value, context, status, tags } = this.#actor.getSnapshot()
    this.seen.push(inOrder({ value, context, status, tags: [...tags].sort() }))
    return status === 'active'
  }

  #inspected(event: InspectionEvent): void {
    if (event.type === '@xstate.action') this.seen.push(`${event.action.type} ${JSON.stringify(event.action.params)}`)
    if (event.type !== '@xstate.microstep') return
    const moves = event._transitions.map(
      ({ source, eventType, target }) => `${source.id} on ${eventType} to ${(target ?? []).map(({ id }) => id).join()}`,
    )
    this.seen.push(
      `${event.event.type}: ${moves.join('; ')}: ${inOrder((event.snapshot as Partial<AnyMachineSnapshot>).value)}`,
    )
  }
}

/** Equal values have equal texts, in whatever order their parts were made. */
const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
