import { type AnyStateMachine, assign, createMachine, raise } from 'xstate'

const events = ['a', 'b', 'c']

/** A whole number from 0 to below `below`. */
export type Draw = (below: number) => number

interface Node {
  id: string
  type?: 'parallel' | 'final'
  initial?: string
  states?: { [key: string]: Node }
  on?: { [event: string]: object[] }
  always?: object[]
  entry?: string[]
  tags?: string[]
}

/** A chart of the kind that can be compiled, drawn at random: regions in regions, transitions from anywhere to anywhere. */
export function anyChart(draw: Draw): AnyStateMachine {
  const nodes: Node[] = []
  const root = anyNode(draw, nodes, 0)
  const inner = nodes.filter(node => node !== root)
  const target = () => `#${inner[draw(inner.length)]!.id}`
  for (const node of nodes) {
    for (const event of events)
      if (draw(3) === 0)
        node.on = { ...node.on, [event]: Array.from({ length: 1 + draw(2) }, () => anyTransition(draw, target)) }
    if (draw(4) === 0 && node !== root && !isFirst(root, node)) node.entry = ['note']
  }
  // One: of several in different regions XState takes that first which was entered first, and not in the order of the document.
  const some = inner[draw(inner.length)]!
  // Fuel, so that it comes to an end.
  if (some.type !== 'final') some.always = [{ guard: 'hasFuel', target: target(), actions: ['burn', 'note'] }]
  return createMachine(
    { ...root, context: { fuel: 5, count: 0 } } as never,
    {
      guards: {
        hasFuel: ({ context }: { context: { fuel: number } }) => context.fuel > 0,
        odd: ({ context, event }: { context: { count: number }; event: { n?: number } }) =>
          (context.count + (event.n ?? 0)) % 2 === 1,
        atLeast: ({ context }: { context: { count: number } }, { count }: { count: number }) => context.count >= count,
      },
      actions: {
        note: () => undefined,
        tell: () => undefined,
        burn: assign(({ context }) => ({ fuel: context.fuel - 1 })),
        count: assign({ count: ({ context }) => context.count + 1 }),
        again: raise(({ context }) => ({ type: events[context.count % 3]!, n: context.count })),
      },
    } as never,
  ) as AnyStateMachine
}

function anyNode(draw: Draw, nodes: Node[], depth: number): Node {
  const node: Node = { id: `n${nodes.length}`, tags: draw(3) === 0 ? [`t${nodes.length}`] : [] }
  nodes.push(node)
  const kind = depth === 0 ? 1 + draw(2) : depth > 2 ? 0 : draw(3)
  if (kind === 0) return node
  node.states = Object.fromEntries(
    Array.from({ length: 2 + draw(2) }, (_, at) => [`s${at}`, anyNode(draw, nodes, depth + 1)]),
  )
  if (kind === 1) node.type = 'parallel'
  else node.initial = `s${draw(2)}`
  if (depth === 0 && kind === 2 && draw(2) === 0) {
    const last: Node = { id: `n${nodes.length}`, type: 'final' }
    nodes.push(last)
    node.states = { ...node.states, end: last }
  }
  return node
}

function anyTransition(draw: Draw, target: () => string): object {
  // Every raise takes fuel: what raises itself again and again comes to an end, too.
  if (draw(5) === 0) return { guard: 'hasFuel', actions: ['burn', 'again', 'count'] }
  return {
    ...(draw(3) > 0 && { target: target() }),
    ...(draw(4) === 0 && { reenter: true }),
    ...(draw(2) === 0 && { guard: draw(2) === 0 ? 'odd' : { type: 'atLeast', params: { count: draw(3) } } }),
    actions: [
      [],
      ['note'],
      ['count', { type: 'tell', params: ({ context }: { context: { count: number } }) => context.count }],
      ['count'],
    ][draw(4)],
  }
}

/** It is entered when the chart begins. */
function isFirst(root: Node, node: Node): boolean {
  if (root === node) return true
  const { states = {}, initial } = root
  const first = root.type === 'parallel' ? Object.values(states) : initial === undefined ? [] : [states[initial]!]
  return first.some(each => isFirst(each, node))
}
