import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Function as AnyFunction, type AnyNode, type Node, parse, type VariableDeclarator } from 'acorn'
import { ancestor, simple } from 'acorn-walk'
import { transformSync } from 'esbuild'

const folder = fileURLToPath(new URL('../../../actors/replica/wiring/', import.meta.url))

/** Who knows whom: of each part, by its name in the wiring, the parts that it was given. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

export interface Wiring {
  readonly parts: Graph
  /** What each part was given of the world outside, by the names of `Doors`. */
  readonly doors: ReadonlyMap<string, ReadonlySet<string>>
}

/** A binding of a wiring function. */
interface Binding {
  /** `new Outbox(...)`: an object of its own, and not a helper of the wiring. */
  readonly isPart: boolean
  readonly uses: ReadonlySet<string>
}

/** Through which a part calls the replica, and not another part. */
const doorNames: ReadonlySet<string> = new Set(['actor', 'turn', 'timed', 'send', 'failed'])

/**
 * Reads the wiring of a replica (actors/replica/wiring): each `const name = new Part(...)` is a part, and every name in its
 * arguments is one that it knows, also in a function that is only called later. What the wiring makes beside parts (functions,
 * lists) is looked through.
 */
export function readWiring(): Wiring {
  const bindings = new Map<string, Binding>()
  for (const file of readdirSync(folder)) readFile(readFileSync(join(folder, file), 'utf8'), bindings)
  const parts = new Map<string, Set<string>>()
  const doors = new Map<string, Set<string>>()
  for (const [name, { isPart }] of bindings) {
    if (!isPart) continue
    const known = reachedBy(name, bindings)
    parts.set(name, new Set([...known].filter(each => bindings.get(each)?.isPart)))
    doors.set(name, new Set([...known].filter(each => doorNames.has(each))))
  }
  return { parts, doors }
}

/** What a part uses, and what the helpers that it uses use. */
function reachedBy(name: string, bindings: ReadonlyMap<string, Binding>): Set<string> {
  const reached = new Set<string>()
  const look = [...bindings.get(name)!.uses]
  for (let each = look.pop(); each !== undefined; each = look.pop()) {
    if (reached.has(each)) continue
    reached.add(each)
    const binding = bindings.get(each)
    if (binding !== undefined && !binding.isPart) look.push(...binding.uses)
  }
  return reached
}

function readFile(source: string, bindings: Map<string, Binding>): void {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'es2022' })
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  simple(program, {
    FunctionDeclaration(node: AnyFunction) {
      if (node.body.type !== 'BlockStatement') return
      const wholes = wholesOf(node)
      for (const statement of node.body.body)
        if (statement.type === 'VariableDeclaration')
          for (const each of statement.declarations) bind(each, wholes, bindings)
    },
  })
}

/** Of a parameter that is not taken apart (`parts`), what is taken out of it later: whoever is given it knows all of these. */
function wholesOf(node: AnyFunction): ReadonlyMap<string, ReadonlySet<string>> {
  const wholes = new Map<string, Set<string>>()
  for (const parameter of node.params) if (parameter.type === 'Identifier') wholes.set(parameter.name, new Set())
  simple(node, {
    VariableDeclarator({ id, init }: VariableDeclarator) {
      if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier') return
      for (const property of id.properties)
        if (property.type === 'Property' && property.key.type === 'Identifier')
          wholes.get(init.name)?.add(property.key.name)
    },
  })
  return wholes
}

function bind(
  { id, init }: VariableDeclarator,
  wholes: ReadonlyMap<string, ReadonlySet<string>>,
  bindings: Map<string, Binding>,
): void {
  if (id.type !== 'Identifier' || init === undefined || init === null) return
  const uses = new Set<string>()
  for (const name of namesIn(init)) {
    const whole = wholes.get(name)
    if (whole === undefined) uses.add(name)
    else for (const each of whole) uses.add(each)
  }
  const isPart = init.type === 'NewExpression'
  // Helpers have the same names in several files: what any of them uses counts.
  const before = bindings.get(id.name)
  bindings.set(id.name, { isPart, uses: before?.isPart === false ? new Set([...before.uses, ...uses]) : uses })
}

/** Every name in an expression that is a value there, and neither a property nor a parameter of a function in it. */
function namesIn(expression: Node): Set<string> {
  const names = new Set<string>()
  ancestor(expression as AnyNode, {
    Identifier(node, _, ancestors) {
      const isParameter = ancestors.some(
        each =>
          each.type === 'ArrowFunctionExpression' &&
          each.params.some(
            parameter =>
              (parameter.type === 'Identifier' && parameter.name === node.name) ||
              (parameter.type === 'ObjectPattern' &&
                parameter.properties.some(
                  property =>
                    property.type === 'Property' &&
                    property.key.type === 'Identifier' &&
                    property.key.name === node.name,
                )),
          ),
      )
      if (!isParameter) names.add(node.name)
    },
  })
  return names
}

/** The cycles: sets of parts that all reach each other (Tarjan's algorithm), the largest first. */
export function cyclesOf(graph: Graph): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (name: string): void => {
    order.set(name, order.size)
    low.set(name, order.get(name)!)
    stack.push(name)
    for (const each of graph.get(name) ?? []) {
      if (!order.has(each)) visit(each)
      if (stack.includes(each)) low.set(name, Math.min(low.get(name)!, low.get(each)!))
    }
    if (low.get(name) !== order.get(name)) return
    const cycle = stack.splice(stack.indexOf(name))
    if (cycle.length > 1) cycles.push(cycle.sort())
  }
  for (const name of graph.keys()) if (!order.has(name)) visit(name)
  return cycles.sort((a, b) => b.length - a.length)
}
