import type { AnyStateNode } from 'xstate'
import { type InstanceSnapshot, instanceMachine } from '../../../machines/instance/machine.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import type { Record } from '../../../machines/protocol/record.ts'
import { nameOf } from '../names.ts'
import { Violation } from '../violation.ts'

/**
 * Every recorded transition is an edge of the statechart's own definition, an instance stands where its record says,
 * ballots and phases never go back, and what an instance was last seen at is where it goes on.
 */
export class ChartSteps {
  readonly #at: string
  /** Per instance, what it had voted when it was last seen. */
  readonly #last = new Map<string, Record>()

  /** @param at the replica, for the message */
  constructor(at: string) {
    this.#at = at
  }

  stepped(id: InstanceId, event: string, before: InstanceSnapshot, after: InstanceSnapshot): void {
    const name = nameOf(id)
    if (before === after) return
    const last = this.#last.get(name)
    if (last !== undefined) this.#goesOn(name, last, before.context.record)
    this.#isEdge(name, event, before, after)
    this.#standsByItsRecord(name, after)
    this.#last.set(name, after.context.record)
  }

  /** The actor of an executed instance ends; a new one stands where the record says. */
  #goesOn(name: string, was: Record, is: Record): void {
    if (was !== is && !(was.phase === is.phase && was.bal === is.bal && was.abal === is.abal))
      this.#broken(name, `goes on at ${is.phase} ${is.bal}.${is.abal}, was left at ${was.phase} ${was.bal}.${was.abal}`)
  }

  #isEdge(name: string, event: string, before: InstanceSnapshot, after: InstanceSnapshot): void {
    const [from, to] = [leavesOf(before), leavesOf(after)]
    const reached = reachable(from, event)
    for (const leaf of to)
      if (!reached.has(leaf))
        this.#broken(name, `went from ${from.join(' | ')} to ${leaf} on ${event}: no edge of the chart`)
  }

  #standsByItsRecord(name: string, { value, context: { record } }: InstanceSnapshot): void {
    const vote = typeof value === 'string' ? 'committed' : value.undecided.vote
    if (vote !== record.phase) this.#broken(name, `stands at ${vote}, its record says ${record.phase}`)
    if (record.abal > record.bal) this.#broken(name, `voted at ${record.abal} above its promise ${record.bal}`)
  }

  #broken(name: string, what: string): never {
    throw new Violation('statechart', `${name} at ${this.#at} ${what}`, [name])
  }
}

/** One text for all configurations that are alike, and the leaves that each consists of. */
const leaves = new Map<string, readonly string[]>()
function leavesOf({ value }: InstanceSnapshot): readonly string[] {
  const text = typeof value === 'string' ? value : `${value.undecided.vote} ${value.undecided.drive}`
  let found = leaves.get(text)
  if (found === undefined) {
    found = textsOf(value)
    leaves.set(text, found)
  }
  return found
}
const textsOf = (value: unknown, path = ''): string[] =>
  typeof value === 'string'
    ? [`${path}${value}`]
    : Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}${key}.`))

const nodes = new Map<string, AnyStateNode>()
const enterNodes = (node: AnyStateNode): void => {
  nodes.set(node.path.join('.'), node)
  for (const child of Object.values(node.states)) enterNodes(child)
}
enterNodes(instanceMachine.root)

/** Actions by which the chart gives itself an event: its own accept, its own recover. */
const raised: { readonly [action: string]: string } = {
  proposeUnion: 'accept',
  proposeStep: 'accept',
  recoverBySelf: 'recover',
}

const known = new Map<readonly string[], Map<string, ReadonlySet<string>>>()
/** The leaves to which one event may lead, with what the chart raises on the way, and transitions without an event. */
function reachable(from: readonly string[], event: string): ReadonlySet<string> {
  const byEvent = known.get(from) ?? new Map<string, ReadonlySet<string>>()
  known.set(from, byEvent)
  const found = byEvent.get(event) ?? closure(from, event)
  byEvent.set(event, found)
  return found
}

function closure(from: readonly string[], event: string): ReadonlySet<string> {
  const events = new Set([event])
  const found = new Set(from)
  for (let size = 0; size !== found.size + events.size; ) {
    size = found.size + events.size
    for (const leaf of [...found])
      for (const { eventType, target, actions } of transitionsOf(nodes.get(leaf)!)) {
        if (eventType !== '' && !events.has(eventType)) continue
        for (const leaf of (target ?? []).flatMap(entered)) found.add(leaf)
        for (const action of actions) {
          const own = raised[typeOf(action)]
          if (own !== undefined) events.add(own)
        }
      }
  }
  return found
}

type Transition = ReturnType<AnyStateNode['transitions']['get']> extends readonly (infer T)[] | undefined ? T : never

/** What a state, or one around it, does on any event, and on none (type ''). */
const transitionsOf = (node: AnyStateNode): readonly Transition[] => [
  ...(node.always ?? []),
  ...[...node.transitions.values()].flat(),
  ...(node.parent === undefined ? [] : transitionsOf(node.parent)),
]

const typeOf = (action: Transition['actions'][number]): string =>
  typeof action === 'string' ? action : 'type' in action ? String(action.type) : ''

/** The leaves in which one stands after entering a state. */
function entered(node: AnyStateNode): string[] {
  if (node.type === 'parallel') return Object.values(node.states).flatMap(entered)
  const first = node.initial?.target ?? []
  return first.length === 0 ? [node.path.join('.')] : first.flatMap(entered)
}
