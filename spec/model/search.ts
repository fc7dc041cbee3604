import type { ActionCode } from './actions.ts'
import { type Configuration, settingOf } from './configuration.ts'
import { Exchange } from './exchange.ts'
import { Queue, Trail } from './queue.ts'
import { Replicas } from './replicas.ts'
import { lineOf, stateAfter } from './story.ts'
import { symmetriesOf } from './symmetry.ts'
import type { Variant } from './variant.ts'
import { Visited } from './visited.ts'
import { type State, World } from './world.ts'

/** What an exploration has found so far. */
export interface Findings {
  readonly configuration: string
  readonly states: number
  readonly transitions: number
  /** States that wait to be explored: 0 when all was explored. */
  readonly waiting: number
  /** Steps to the last state that was explored. */
  readonly depth: number
  /** Exchanges of replicas under which states are the same; 1 is none. */
  readonly symmetries: number
  /** Transitions that took a rule of [the protocol](../../machines/protocol/README.md). */
  readonly rules: Readonly<Record<string, number>>
  readonly violation: { readonly what: string; readonly schedule: readonly string[] } | undefined
}

/** Explores a configuration state by state, nearest first. */
export class Search {
  readonly world: World
  readonly #configuration: Configuration
  readonly #exchanges: readonly Exchange[]
  readonly #visited = new Visited()
  readonly #queue = new Queue()
  readonly #trail = new Trail()
  readonly #rules = new Map<string, number>()
  #transitions = 0
  #last = 0
  #violation: Findings['violation']

  /** @param useSymmetry only where the rules treat all ranks alike: a broken one may not */
  constructor(configuration: Configuration, variant: Variant, useSymmetry: boolean) {
    this.#configuration = configuration
    const replicas = new Replicas(settingOf(configuration), variant)
    this.world = new World(replicas, configuration.silent)
    const symmetries = useSymmetry ? symmetriesOf(configuration) : []
    this.#exchanges = symmetries.filter(to => to.some((rank, at) => rank !== at)).map(to => new Exchange(replicas, to))
    const start = stateAfter(new World(replicas), configuration.start ?? [])
    this.#visited.add(start)
    this.#queue.push(this.#trail.add(0, 0, 0), start)
  }

  get states(): number {
    return this.#visited.size
  }

  /**
   * Explores up to so many states more.
   * @returns whether there is more to explore
   */
  explore(states: number): boolean {
    for (let left = states; left > 0; left--) {
      if (this.#queue.length === 0 || this.#violation !== undefined) return false
      const { number, state } = this.#queue.shift()
      this.#last = number
      this.#expand(number, state)
    }
    return this.#queue.length > 0 && this.#violation === undefined
  }

  findings(): Findings {
    return {
      configuration: this.#configuration.name,
      states: this.#visited.size,
      transitions: this.#transitions,
      waiting: this.#queue.length,
      depth: this.#trail.depth(this.#last),
      symmetries: this.#exchanges.length + 1,
      rules: Object.fromEntries([...this.#rules].sort(([a], [b]) => (a < b ? -1 : 1))),
      violation: this.#violation,
    }
  }

  #expand(number: number, state: State): void {
    for (const code of this.world.actions(state)) {
      const after = this.world.after(state, code, step => this.#count(step.rules))
      if (after === undefined) continue
      this.#transitions++
      this.#count(after.step.rules)
      if (after.violation !== undefined) {
        this.#violation = { what: after.violation, schedule: this.#schedule(number, code) }
        return
      }
      const { state: one, exchange } = this.#representative(after.state)
      if (this.#visited.add(one)) this.#queue.push(this.#trail.add(number, code, exchange), one)
    }
  }

  #count(rules: readonly string[]): void {
    for (const rule of rules) this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1)
  }

  /** Of the states that exchanges make of this one, the least; and which exchange it was, from 1 on. */
  #representative(state: State): { readonly state: State; readonly exchange: number } {
    let least = state
    let exchange = 0
    for (let at = 0; at < this.#exchanges.length; at++) {
      const other = this.#exchanges[at]!.state(state)
      if (!isLess(other, least)) continue
      least = other
      exchange = at + 1
    }
    return { state: least, exchange }
  }

  /** The way to a state and an action from there, in words, as it went without any exchange. */
  #schedule(number: number, last: ActionCode): string[] {
    const lines = [...(this.#configuration.start ?? [])]
    const way = [...this.#trail.to(number), { action: last, exchange: 0 }]
    let undo: Exchange[] = []
    for (const { action, exchange } of way) {
      lines.push(
        lineOf(
          this.world,
          undo.reduceRight((code, each) => undone(each, code, this.#exchanges), action),
        ),
      )
      if (exchange > 0) undo = [...undo, this.#exchanges[exchange - 1]!]
    }
    return lines
  }
}

/** The action that `exchange` has made `code` of. */
function undone(exchange: Exchange, code: ActionCode, all: readonly Exchange[]): ActionCode {
  const back = all.find(each => exchange.to.every((rank, at) => each.to[rank] === at))
  if (back === undefined) throw new Error('with every exchange there is the one that undoes it')
  return back.action(code)
}

function isLess(a: State, b: State): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at]! < b[at]!
  return false
}
