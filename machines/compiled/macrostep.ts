import type { AnyActorScope, AnyEventObject, AnyMachineSnapshot } from 'xstate'
import type { Configuration, Offer, Selection } from './configurations.ts'
import type { Candidate, Scope } from './parts.ts'

/** The arguments of actions. */
interface ActionScope extends Scope {
  readonly self: AnyActorScope['self']
  readonly system: AnyActorScope['system']
}

/** XState tells inspectors of microsteps through this, which its types leave out. */
interface Told {
  _sendInspectionEvent?(event: unknown): void
}

/** One event and all that follows from it: raised events, and transitions without an event. */
export class Macrostep implements Scope {
  context: unknown
  event: AnyEventObject
  readonly #actor: AnyActorScope
  #snapshot: AnyMachineSnapshot
  #configuration: Configuration
  #scope: ActionScope | undefined
  #raised: AnyEventObject[] | undefined

  constructor(from: Configuration, before: AnyMachineSnapshot, event: AnyEventObject, actor: AnyActorScope) {
    this.context = before.context
    this.event = event
    this.#actor = actor
    this.#snapshot = before
    this.#configuration = from
  }

  /** Takes the event, and all that follows from it. */
  run(): AnyMachineSnapshot {
    this.#take(this.#offered())
    return this.settle()
  }

  /** Takes the raised events and the transitions without an event from the actor's current state. */
  settle(): AnyMachineSnapshot {
    let isStill = false
    while (!this.#configuration.isDone) {
      const before = this.#snapshot
      const always = isStill ? this.#configuration.nothing : this.#always()
      isStill = false
      if (always !== this.#configuration.nothing) {
        this.#take(always, true)
        // A transition that changes nothing would be taken for ever.
        isStill = this.#snapshot === before
        continue
      }
      const raised = this.#raised?.shift()
      if (raised === undefined) break
      this.event = raised
      this.#scope = undefined
      this.#take(this.#offered())
    }
    return this.#snapshot
  }

  /** The arguments of actions now. */
  get scope(): ActionScope {
    this.#scope ??= {
      context: this.context,
      event: this.event,
      self: this.#actor.self,
      system: this.#actor.system,
    }
    return this.#scope
  }

  assign(change: object): void {
    this.context = { ...(this.context as object), ...change }
    this.#scope = undefined
  }

  raise(event: AnyEventObject): void {
    this.#raised ??= []
    this.#raised.push(event)
    this.act('xstate.raise', undefined, { event, id: undefined, delay: undefined })
  }

  act(type: string, exec: ((scope: unknown, params: unknown) => unknown) | undefined, params: unknown): void {
    this.#actor.actionExecutor({
      type,
      info: this.scope as never,
      params: params as never,
      exec: exec as never,
    })
  }

  #offered(): Selection {
    return this.#choose(this.#configuration.offer(this.event.type), this.#configuration.nothing)
  }

  /** Selects transitions, inner nodes first; a node is asked only if no inner node has a transition. */
  #choose(offer: Offer, selected: Selection): Selection {
    let all = selected
    for (const inner of offer.inner) all = this.#choose(inner, all)
    return all === selected ? this.#first(offer.candidates, selected) : all
  }

  #always(): Selection {
    let all = this.#configuration.nothing
    for (const candidates of this.#configuration.always) all = this.#first(candidates, all)
    return all
  }

  #first(candidates: readonly Candidate[], selected: Selection): Selection {
    for (const candidate of candidates)
      if (candidate.guard === undefined || candidate.guard(this)) return selected.and(candidate)
    return selected
  }

  #take(selected: Selection, isAlways = false): void {
    if (selected !== this.#configuration.nothing) {
      const { effects, to } = selected.move
      for (const effect of effects) effect(this)
      if (to !== this.#configuration || this.context !== this.#snapshot.context) {
        this.#configuration = to
        this.#snapshot = to.snapshot(this.context)
      }
    }
    ;(this.#actor.system as Told)._sendInspectionEvent?.({
      type: '@xstate.microstep',
      actorRef: this.#actor.self,
      event: this.event,
      snapshot: this.#snapshot,
      // XState lists conflicting transitions too if there is an event.
      _transitions: isAlways ? selected.move.taken : selected.transitions,
    })
  }
}
