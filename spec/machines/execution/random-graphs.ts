import fc from 'fast-check'
import { conflict, type Footprint, NOP, type Value } from '../../../machines/protocol/commands.ts'
import { includes, normalised } from '../../../machines/protocol/dependencies.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'

/** An instance as all replicas come to know it. */
export interface Decided {
  readonly id: InstanceId
  readonly footprint: Footprint
  readonly value: Value
  readonly deps: readonly number[]
}

/** What one replica gets to know, step by step. */
export type Step =
  | { readonly type: 'learnt' | 'committed'; readonly instance: Decided }
  | { readonly type: 'take'; readonly instancesMax: number | undefined }

export const id = (rank: number, index: number): InstanceId => ({ epoch: 1, rank, index })
export const command = (footprint: Footprint): Value => ({ footprint, payloads: [] })
export const writes = (...keys: string[]): Footprint => ({ reads: [], writes: keys })
export const reads = (...keys: string[]): Footprint => ({ reads: keys, writes: [] })

const keys = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant('all' as const) },
)
const footprint: fc.Arbitrary<Footprint> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(writes('a'), writes('b'), reads('a'), reads('b')) },
  { weight: 2, arbitrary: fc.record({ reads: keys, writes: keys }) },
)

/** Of two decided commands that conflict, at least one has the other among its dependencies (EPaxos*, Visibility). */
function makeVisible(all: Decided[], coin: () => boolean): Decided[] {
  const deps = all.map(each => [...each.deps])
  all.forEach((a, at) => {
    all.slice(0, at).forEach((b, before) => {
      if (!conflict(a.footprint, b.footprint) || a.value === NOP || b.value === NOP) return
      if (includes(deps[at]!, b.id.rank, b.id.index) || includes(deps[before]!, a.id.rank, a.id.index)) return
      const [from, to] = coin() ? [at, b.id] : [before, a.id]
      deps[from]![to.rank] = to.index
    })
  })
  return all.map((each, at) => ({ ...each, deps: normalised(each.id, deps[at]!) }))
}

/** Decided instances of n rows, some Nop; cycles are common. */
export const decided = (n: number, instancesMax: number, visible: boolean): fc.Arbitrary<Decided[]> =>
  fc
    .tuple(
      fc.array(
        fc.record({
          rank: fc.nat(n - 1),
          footprint,
          nop: fc.nat(7).map(x => x === 0),
          deps: fc.array(fc.oneof(fc.constant(0), fc.nat(Math.ceil((1.5 * instancesMax) / n))), {
            minLength: n,
            maxLength: n,
          }),
        }),
        { minLength: 1, maxLength: instancesMax, size: 'max' },
      ),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([raw, coins]) => {
      const next = new Array<number>(n).fill(1)
      const all = raw.map(each => ({
        id: id(each.rank, next[each.rank]!++),
        footprint: each.footprint,
        value: each.nop ? NOP : command(each.footprint),
        deps: each.deps,
      }))
      const highest = next.map(index => index - 1)
      // A vector may name what nobody has heard of, one index a row: then its owner waits for ever.
      const reachable = all.map(each => ({ ...each, deps: each.deps.map((v, rank) => Math.min(v, highest[rank]!)) }))
      return visible ? makeVisible(reachable, () => coins.next().value) : all.map(normalise)
    })

const normalise = (each: Decided): Decided => ({ ...each, deps: normalised(each.id, each.deps) })

/** The same instances become known in any order, some of them twice, and something is taken now and then. */
export const histories = (all: readonly Decided[]): fc.Arbitrary<Step[]> =>
  fc
    .tuple(
      fc.array(fc.record({ learnt: fc.nat(1000), committed: fc.nat(1000) }), {
        minLength: all.length,
        maxLength: all.length,
      }),
      fc.array(fc.record({ at: fc.nat(1000), instancesMax: fc.option(fc.nat(3), { nil: undefined }) }), {
        maxLength: 2 * all.length,
        size: 'max',
      }),
    )
    .map(([times, takes]) =>
      [
        ...all.flatMap((instance, at): { time: number; step: Step }[] => [
          { time: times[at]!.learnt, step: { type: 'learnt', instance } },
          { time: times[at]!.committed, step: { type: 'committed', instance } },
        ]),
        ...takes.map(({ at, instancesMax }) => ({ time: at, step: { type: 'take', instancesMax } as const })),
      ]
        .sort((a, b) => a.time - b.time)
        .map(({ step }) => step),
    )
