import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'

/**
 * The nodes of a chart that a transition leaves and enters: SCXML's algorithm
 * (https://www.w3.org/TR/scxml/#AlgorithmforSCXMLInterpretation) without history, as XState follows it.
 */
export type Transition = AnyTransitionDefinition
type Nodes = ReadonlySet<AnyStateNode>

/**
 * The transitions without conflicts. Of those in different regions that would leave the same nodes only one is taken:
 * the inner one, or the first.
 */
export function withoutConflicts(transitions: readonly Transition[], active: Nodes): readonly Transition[] {
  const taken = new Set<Transition>()
  for (const each of transitions) {
    const rivals = [...taken].filter(other => meet(leftBy(each, active), leftBy(other, active)))
    if (rivals.some(other => !isWithin(each.source, other.source))) continue
    for (const other of rivals) taken.delete(other)
    taken.add(each)
  }
  return [...taken]
}

/** The active nodes after these transitions, which are without conflicts, and the nodes entered by them. */
export function moved(
  transitions: readonly Transition[],
  before: Nodes,
): { readonly active: Nodes; readonly entered: Nodes } {
  const active = new Set(before)
  for (const each of transitions) for (const node of leftBy(each, before)) active.delete(node)
  const entered = new Set<AnyStateNode>()
  for (const each of transitions) enter(each, entered)
  for (const node of entered) active.add(node)
  return { active, entered }
}

/** The active nodes of an actor that has just begun. */
export function activeAtFirst(root: AnyStateNode): Nodes {
  const entered = new Set([root])
  enterBelow(root, entered)
  return entered
}

function leftBy(transition: Transition, active: Nodes): Nodes {
  if (targetsOf(transition).length === 0) return new Set()
  const domain = domainOf(transition)
  const left = [...active].filter(node => isWithin(node, domain))
  return new Set(transition.reenter && transition.source === domain ? [domain, ...left] : left)
}

function enter(transition: Transition, entered: Set<AnyStateNode>): void {
  const targets = targetsOf(transition)
  if (targets.length === 0) return
  const { source, reenter } = transition
  const domain = domainOf(transition)
  for (const target of targets) {
    if (target !== source || source !== domain || reenter) entered.add(target)
    enterBelow(target, entered)
  }
  for (const target of targets) {
    const around = ancestorsOf(target, domain)
    if (domain.type === 'parallel') around.push(domain)
    for (const node of around) {
      if ((source.parent === undefined && reenter) || isWithin(node, domain)) entered.add(node)
      if (node.type === 'parallel') enterRegions(node, entered)
    }
  }
}

function enterBelow(node: AnyStateNode, entered: Set<AnyStateNode>): void {
  if (node.type === 'parallel') enterRegions(node, entered)
  if (node.type !== 'compound') return
  for (const first of node.initial.target) {
    entered.add(first)
    enterBelow(first, entered)
    for (const between of ancestorsOf(first, node)) entered.add(between)
  }
}

/** Enters the regions of a node in which nothing is entered yet. */
function enterRegions(node: AnyStateNode, entered: Set<AnyStateNode>): void {
  for (const region of Object.values(node.states) as AnyStateNode[]) {
    if ([...entered].some(each => isWithin(each, region))) continue
    entered.add(region)
    enterBelow(region, entered)
  }
}

/** The innermost node around all that the transition leaves and enters. */
function domainOf(transition: Transition): AnyStateNode {
  const { source, reenter } = transition
  const targets = targetsOf(transition)
  if (!reenter && targets.every(target => target === source || isWithin(target, source))) return source
  const [first, ...others] = [...targets, source]
  const common = ancestorsOf(first!).find(node => others.every(other => isWithin(other, node)))
  return common ?? source.machine.root
}

const targetsOf = ({ target }: Transition): readonly AnyStateNode[] => target ?? []

/** The ancestors of a node from the nearest on, up to `end` and without it; none if the node itself is the end. */
function ancestorsOf(node: AnyStateNode, end?: AnyStateNode): AnyStateNode[] {
  const ancestors: AnyStateNode[] = []
  if (node === end) return ancestors
  for (let each = node.parent; each !== undefined && each !== end; each = each.parent) ancestors.push(each)
  return ancestors
}

const isWithin = (node: AnyStateNode, around: AnyStateNode): boolean => ancestorsOf(node).includes(around)

const meet = (some: Nodes, others: Nodes): boolean => [...some].some(node => others.has(node))
