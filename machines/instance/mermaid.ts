import type { AnyStateNode } from 'xstate'
import { instanceMachine } from './machine.ts'

type Transition = ReturnType<AnyStateNode['transitions']['get']> extends readonly (infer T)[] | undefined ? T : never

/**
 * The statechart of an instance as a Mermaid `stateDiagram-v2`, made from its own definition: parallel regions apart by
 * `--`, guards in [brackets], events that only act (and go nowhere) left out.
 */
export function instanceChart(): string {
  const root: AnyStateNode = instanceMachine.root
  return `${['stateDiagram-v2', ...inside(root, '  ')].join('\n')}\n`
}

/** The content of a composite state: its initial state, its children, and the arrows with both ends in it. */
function inside(composite: AnyStateNode, indent: string): string[] {
  const children = Object.values(composite.states)
  const begins = composite.initial?.target ?? []
  return [
    ...begins.map(child => `${indent}[*] --> ${nameOf(child)}`),
    ...children.flatMap((child, at) => [
      ...(composite.type === 'parallel' && at > 0 ? [`${indent}--`] : []),
      ...declaration(child, indent),
    ]),
    ...children
      .flatMap(within)
      .flatMap(arrowsOf)
      .filter(({ home }) => home === composite)
      .map(({ text }) => indent + text),
    ...children.filter(child => child.type === 'final').map(child => `${indent}${nameOf(child)} --> [*]`),
  ]
}

function declaration(state: AnyStateNode, indent: string): string[] {
  const title = `${indent}state "${state.key}" as ${nameOf(state)}`
  if (Object.keys(state.states).length === 0) return [title]
  return [`${title} {`, ...inside(state, `${indent}  `), `${indent}}`]
}

interface Arrow {
  readonly text: string
  /** The innermost composite state that holds both ends: the arrow is drawn there. */
  readonly home: AnyStateNode
}

/**
 * The transitions of a state, as one arrow for each target. A transition of a composite state is drawn from each state
 * inside that it concerns: renderers take no arrow from a composite state to one of its own.
 */
function arrowsOf(state: AnyStateNode): Arrow[] {
  const labels = new Map<AnyStateNode, string[]>()
  const note = (target: AnyStateNode, transition: Transition): void => {
    labels.set(target, [...(labels.get(target) ?? []), labelOf(transition)])
  }
  for (const transition of transitionsOf(state))
    for (const target of transition.target ?? []) if (!ancestors(target).includes(state)) note(target, transition)
  if (state.type === 'atomic')
    for (const outer of ancestors(state))
      for (const transition of transitionsOf(outer))
        for (const target of transition.target ?? [])
          if (ancestors(target).includes(outer) && target.parent === state.parent) note(target, transition)
  return [...labels].map(([target, all]) => ({
    text: `${nameOf(state)} --> ${nameOf(target)} : ${all.join(', ')}`,
    home: homeOf(state, target),
  }))
}

const transitionsOf = (state: AnyStateNode): readonly Transition[] =>
  [...state.transitions.values()].flat().concat(state.always ?? [])

function labelOf({ eventType, guard }: Transition): string {
  const condition = guard === undefined ? '' : `[${String(guard)}]`
  return [eventType, condition].filter(part => part !== '').join(' ')
}

function homeOf(source: AnyStateNode, target: AnyStateNode): AnyStateNode {
  const holders = ancestors(source)
  return ancestors(target).find(each => holders.includes(each)) ?? target.machine.root
}

const ancestors = (state: AnyStateNode): readonly AnyStateNode[] =>
  state.parent === undefined ? [] : [state.parent, ...ancestors(state.parent)]

const within = (state: AnyStateNode): readonly AnyStateNode[] => [state, ...Object.values(state.states).flatMap(within)]

/** `undecided_vote_initial`: unique, and plain enough for any renderer. */
const nameOf = (state: AnyStateNode): string => state.path.join('_')
