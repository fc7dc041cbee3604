import { advance, type Configuration, settleReads } from './configuration.ts'
import type { Facts } from './facts.ts'
import type { Timed } from './model.ts'

/**
 * The moves from a configuration, by number. Even and odd numbers below `2 * todo.length` let a required operation
 * happen: even ones hide before it all that it can hide, odd ones only what is hidden for free. The rest let an
 * operation with an unknown outcome happen.
 */
export function moveCount<State, Op extends Timed>(facts: Facts<State, Op>, from: Configuration): number {
  return 2 * from.todo.length + facts.timeline.unknownCalled[from.step]!
}

/** The configuration after move `number`, or undefined when the move is impossible or cannot help. */
export function move<State, Op extends Timed>(
  facts: Facts<State, Op>,
  from: Configuration,
  number: number,
): Configuration | undefined {
  const inTodo = 2 * from.todo.length
  if (number < inTodo) return requiredMove(facts, from, number >> 1, number % 2 === 0)
  return unknownMove(facts, from, number - inTodo)
}

function requiredMove<State, Op extends Timed>(
  facts: Facts<State, Op>,
  from: Configuration,
  position: number,
  hideAll: boolean,
): Configuration | undefined {
  const { todo, state } = from
  const index = todo[position]!
  const trait = facts.required[index]!
  if (trait.readOnly === true || (from.unjustified && trait.blind === true)) return undefined
  // Of operations that do the same, the one that must happen first goes first.
  if (trait.label !== undefined && standsBefore(facts, todo, position, trait.label)) return undefined
  const after = facts.after(state, index, true)
  if (after < 0 || (after !== state && mustStay(facts, from, index))) return undefined

  const happened: number[] = []
  let rest = todo.filter(other => other !== index)
  if (trait.blind === true || trait.covers === true) {
    const hidable = rest.filter(other => facts.hidableFrom[other]! <= from.step)
    const free = hidable.length === 0 ? hidable : freelyHidden(facts, from, hidable)
    if (hideAll && free.length === hidable.length) return undefined
    rest = hide(facts, state, rest, hideAll ? hidable : free, happened)
  } else if (hideAll) {
    return undefined
  }
  happened.push(index)
  const before = happened.length
  const settled = settleReads(facts, after, rest, happened)
  const observed = happened.length > before || trait.requires !== undefined || trait.picky === true
  const unjustified = from.unjustified && !observed
  return advance(facts, { step: from.step, state: after, todo: settled, used: from.used, unjustified, happened })
}

function unknownMove<State, Op extends Timed>(
  facts: Facts<State, Op>,
  from: Configuration,
  index: number,
): Configuration | undefined {
  const { todo, state, used } = from
  const trait = facts.unknown[index]!
  if (trait === null || used[index] === 1 || (from.unjustified && trait.blind === true)) return undefined
  const same = facts.sameBefore[index]!
  if (same >= 0 && used[same] === 0) return undefined
  if (trait.label !== undefined && standsBefore(facts, todo, todo.length, trait.label)) return undefined
  const after = facts.after(state, index, false)
  if (after < 0 || after === state || mustStay(facts, from, -1)) return undefined
  const happened = [~index]
  const settled = settleReads(facts, after, todo, happened)
  const unjustified = happened.length === 1
  // It left what nobody reads, and nobody noticed or is about to: it might as well not have happened.
  if (unjustified && trait.unread === true && !settled.some(other => facts.required[other]!.picky === true)) {
    return undefined
  }
  const usedAfter = used.slice()
  usedAfter[index] = 1
  return advance(facts, { step: from.step, state: after, todo: settled, used: usedAfter, unjustified, happened })
}

function standsBefore<State, Op extends Timed>(
  facts: Facts<State, Op>,
  todo: readonly number[],
  position: number,
  label: string,
): boolean {
  for (let other = 0; other < position; other++) if (facts.required[todo[other]!]!.label === label) return true
  return false
}

/** Whether some other operation can happen only in this state, and the state would never come back. */
function mustStay<State, Op extends Timed>(facts: Facts<State, Op>, from: Configuration, mover: number): boolean {
  if (facts.comesBack(from.state)) return false
  if (facts.awaited(from.state, from.step)) return true
  return from.todo.some(index => index !== mover && facts.requiredState[index] === from.state)
}

function freelyHidden<State, Op extends Timed>(
  facts: Facts<State, Op>,
  from: Configuration,
  hidable: readonly number[],
): readonly number[] {
  if (from.todo.some(index => facts.required[index]!.picky === true)) return []
  return hidable.filter(index => facts.freelyHidden(index, from.step))
}

/** Lets hidden operations happen, each with its readers, and with them what only a hidden state makes right. */
function hide<State, Op extends Timed>(
  facts: Facts<State, Op>,
  state: number,
  todo: readonly number[],
  hidden: readonly number[],
  happened: number[],
): number[] {
  let rest = [...todo]
  let current = state
  for (const index of hidden) {
    current = facts.after(current, index, true)
    happened.push(index)
    rest = [
      ...settleReads(
        facts,
        current,
        rest.filter(other => other !== index),
        happened,
      ),
    ]
  }
  return rest
}
