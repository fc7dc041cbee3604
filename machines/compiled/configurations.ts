import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, AnyStateNode, StateValue } from 'xstate'
import { activeAtFirst, moved, type Transition, withoutConflicts } from './moves.ts'
import { type Candidate, type Effect, type Parts, partsOf } from './parts.ts'

/**
 * The transitions that an event may select: those of the inner nodes, side by side, or else the first of these that its
 * guard allows.
 */
export interface Offer {
  readonly inner: readonly Offer[]
  readonly candidates: readonly Candidate[]
}

/** The configurations of a machine seen so far, each once. */
export class Configurations {
  readonly #machine: AnyStateMachine
  readonly #parts: Parts
  readonly #first: Configuration
  /** Whether the end of a child can be ignored: no transition is for it, and none needs no event. */
  readonly ignoreEnds: boolean
  /** Configurations by the value of a snapshot that was made here. */
  readonly #byValue = new Map<StateValue, Configuration>()
  readonly #byText = new Map<string, Configuration>()

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
    this.#parts = partsOf(machine)
    this.ignoreEnds = [...this.#parts.candidates.keys()].every(
      ({ eventType }) => !/^($|\*|xstate\.(done|\*))/.test(eventType),
    )
    const first = activeAtFirst(machine.root)
    // XState puts them off until the actor is started.
    if (this.entries(first).length > 0) throw new TypeError(`cannot be compiled: ${machine.id}: entry actions at first`)
    this.#first = this.ofNodes(first)
  }

  /** The snapshot of an actor that begins; transitions without an event are still to be taken. */
  initial(scope: AnyActorScope, input: unknown): AnyMachineSnapshot {
    const { context } = this.#machine.config
    return this.#first.snapshot(
      typeof context === 'function' ? context({ input, self: scope.self, spawn: spawnNothing }) : (context ?? {}),
    )
  }

  of({ value }: AnyMachineSnapshot): Configuration {
    return this.#byValue.get(value) ?? this.#ofValue(value)
  }

  ofNodes(active: ReadonlySet<AnyStateNode>): Configuration {
    return this.#ofValue(stateValueOf(this.#machine.root, active))
  }

  candidates(transitions: readonly Transition[] | undefined): readonly Candidate[] {
    return (transitions ?? []).map(each => this.#parts.candidates.get(each)!)
  }

  /** The effects of entering these nodes. */
  entries(entered: Iterable<AnyStateNode>): readonly Effect[] {
    return [...entered].sort((a, b) => a.order - b.order).flatMap(node => this.#parts.entries.get(node)!)
  }

  #ofValue(value: StateValue): Configuration {
    const text = JSON.stringify(value)
    let found = this.#byText.get(text)
    if (found === undefined) {
      found = new Configuration(this, this.#machine.resolveState({ value, context: {} }))
      this.#byText.set(text, found)
      this.#byValue.set(found.value, found)
    }
    return found
  }
}

/** A set of active nodes of an actor, with the transitions from there. */
export class Configuration {
  readonly #all: Configurations
  /** XState's own snapshot of it: actors differ in the context alone. */
  readonly #template: AnyMachineSnapshot
  readonly nodes: ReadonlySet<AnyStateNode>
  /** The empty selection. */
  readonly nothing: Selection
  /** The transitions of each leaf without an event, from itself outwards. */
  readonly always: readonly (readonly Candidate[])[]
  readonly #offers = new Map<string, Offer>()

  constructor(all: Configurations, template: AnyMachineSnapshot) {
    this.#all = all
    this.#template = template
    this.nodes = new Set(template._nodes as readonly AnyStateNode[])
    this.nothing = new Selection(all, this, [])
    this.always = [...this.nodes]
      .sort((a, b) => a.order - b.order)
      .filter(({ type }) => type === 'atomic' || type === 'final')
      .map(leaf => outwards(leaf).flatMap(node => all.candidates(node.always)))
      .filter(candidates => candidates.length > 0)
  }

  get value(): StateValue {
    return this.#template.value
  }

  /** Whether the actor has ended. */
  get isDone(): boolean {
    return this.#template.status === 'done'
  }

  snapshot(context: unknown): AnyMachineSnapshot {
    return { ...this.#template, context }
  }

  offer(eventType: string): Offer {
    let offer = this.#offers.get(eventType)
    if (offer === undefined) {
      const [root] = this.nodes
      offer = this.#offerOf(root!.machine.root, eventType)
      this.#offers.set(eventType, offer)
    }
    return offer
  }

  #offerOf(node: AnyStateNode, eventType: string): Offer {
    const children = (Object.values(node.states) as AnyStateNode[]).filter(child => this.nodes.has(child))
    const inner = children.map(child => this.#offerOf(child, eventType))
    return {
      inner: inner.filter(each => each.inner.length > 0 || each.candidates.length > 0),
      candidates: this.#all.candidates(node.transitions.get(eventType)),
    }
  }
}

/** Transitions that were selected together, in order. Their effects and their target are computed once. */
export class Selection {
  readonly transitions: readonly Transition[]
  readonly #all: Configurations
  readonly #from: Configuration
  readonly #candidates: readonly Candidate[]
  readonly #more = new Map<Candidate, Selection>()
  #move: Move | undefined

  constructor(all: Configurations, from: Configuration, candidates: readonly Candidate[]) {
    this.#all = all
    this.#from = from
    this.#candidates = candidates
    this.transitions = candidates.map(({ transition }) => transition)
  }

  /** The selection with one more candidate; a candidate that two leaves share counts once. */
  and(candidate: Candidate): Selection {
    if (this.#candidates.includes(candidate)) return this
    let more = this.#more.get(candidate)
    if (more === undefined) {
      more = new Selection(this.#all, this.#from, [...this.#candidates, candidate])
      this.#more.set(candidate, more)
    }
    return more
  }

  get move(): Move {
    this.#move ??= this.#workOut()
    return this.#move
  }

  #workOut(): Move {
    const { nodes } = this.#from
    const taken = withoutConflicts(this.transitions, nodes)
    const { active, entered } = moved(taken, nodes)
    return {
      taken,
      effects: [...this.#all.candidates(taken).flatMap(({ effects }) => effects), ...this.#all.entries(entered)],
      to: this.#all.ofNodes(active),
    }
  }
}

interface Move {
  /** The selected transitions without conflicts. */
  readonly taken: readonly Transition[]
  readonly effects: readonly Effect[]
  readonly to: Configuration
}

function outwards(node: AnyStateNode): readonly AnyStateNode[] {
  return node.parent === undefined ? [node] : [node, ...outwards(node.parent)]
}

/** The state value as XState writes it: a key for a leaf, an object for a node with parts. */
function stateValueOf(node: AnyStateNode, active: ReadonlySet<AnyStateNode>): StateValue {
  const children = (Object.values(node.states) as AnyStateNode[]).filter(child => active.has(child))
  const [only] = children
  if (node.type === 'compound' && only !== undefined && Object.keys(only.states).length === 0) return only.key
  return Object.fromEntries(children.map(child => [child.key, stateValueOf(child, active)]))
}

function spawnNothing(): never {
  throw new TypeError('an actor of a compiled machine spawns none in its context')
}
