/** A profile as V8 writes it, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** The node of each sample, and the time before it in microseconds. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

/** Time in something itself, and with all that it called; what calls itself counts once. */
export interface Share {
  readonly name: string
  readonly selfUs: number
  readonly totalUs: number
}

/** `machines/execution/fifo.ts`, `xstate`, `node:net`; what has no file stands for itself: `(garbage collector)`. */
export function moduleOf({ functionName, url }: ProfileNode['callFrame']): string {
  if (url === '') return functionName || '(native)'
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  if (dependency !== null) return dependency[1]!
  return /(?:^|\/)((?:machines|actors|net|storage|examples|spec)\/.*)$/.exec(url)?.[1] ?? url
}

/** Without the samples of its first microseconds. */
export function withoutFirst(profile: CpuProfile, skipUs: number): CpuProfile {
  let elapsedUs = 0
  const from = profile.timeDeltas.findIndex(deltaUs => {
    elapsedUs += deltaUs
    return elapsedUs > skipUs
  })
  const at = from < 0 ? profile.samples.length : from
  return { ...profile, samples: profile.samples.slice(at), timeDeltas: profile.timeDeltas.slice(at) }
}

export const byFunction = (profile: CpuProfile): readonly Share[] =>
  shares(profile, frame =>
    frame.url === ''
      ? frame.functionName || '(native)'
      : `${frame.functionName || '(anonymous)'} ${moduleOf(frame)}:${frame.lineNumber + 1}`,
  )

export const byModule = (profile: CpuProfile): readonly Share[] => shares(profile, moduleOf)

function shares(profile: CpuProfile, nameOf: (frame: ProfileNode['callFrame']) => string): readonly Share[] {
  const nodes = new Map(profile.nodes.map(node => [node.id, node]))
  const selfOf = new Map<number, number>()
  profile.samples.forEach((id, at) => {
    selfOf.set(id, (selfOf.get(id) ?? 0) + profile.timeDeltas[at]!)
  })
  const sums = new Map<string, { selfUs: number; totalUs: number }>()
  const sumOf = (name: string) => {
    let sum = sums.get(name)
    if (sum === undefined) {
      sum = { selfUs: 0, totalUs: 0 }
      sums.set(name, sum)
    }
    return sum
  }
  /** Returns the time of a node and all below it. Stacks are some hundred deep: recursion is safe. */
  const walk = (id: number, above: ReadonlySet<string>): number => {
    const { callFrame, children = [] } = nodes.get(id)!
    const name = nameOf(callFrame)
    const selfUs = selfOf.get(id) ?? 0
    const within = above.has(name) ? above : new Set([...above, name])
    const totalUs = children.reduce((sum, child) => sum + walk(child, within), selfUs)
    const sum = sumOf(name)
    sum.selfUs += selfUs
    if (!above.has(name)) sum.totalUs += totalUs
    return totalUs
  }
  walk(profile.nodes[0]!.id, new Set())
  return [...sums].map(([name, sum]) => ({ name, ...sum }))
}
