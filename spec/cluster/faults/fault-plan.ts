import type { Random } from '../../../machines/protocol/clock.ts'
import { type CutStyle, cutStyles } from './link-path.ts'
import { type Way, waysBetween } from './replica-links.ts'

/** What is done to a cluster, and for how long, after a calm. All draws are made here: equal seeds, equal plans. */
export type Fault = {
  readonly calmMs: number
  readonly forMs: number
} & (
  | { readonly kind: 'kill'; readonly replica: number }
  /** All replicas at once: only what is on disk is left. */
  | { readonly kind: 'killAll' }
  | { readonly kind: 'freeze'; readonly replica: number }
  | { readonly kind: 'cut'; readonly style: CutStyle; readonly shape: CutShape; readonly ways: readonly Way[] }
)
/** Between two replicas, or between some and the rest; both ways or one. */
export type CutShape = 'pair' | 'pair, one way' | 'partition' | 'partition, one way'

export const modes = ['kill', 'freeze', 'cut', 'mixed', 'none'] as const
export type Mode = (typeof modes)[number]

/** Faults of one lane come one after another; lanes run side by side. */
export const lanesOf: Readonly<Record<Mode, readonly (readonly Fault['kind'][])[]>> = {
  kill: [['kill']],
  freeze: [['freeze']],
  cut: [['cut']],
  mixed: [['kill', 'freeze'], ['cut']],
  none: [],
}

const calmMs = [300, 2_500] as const
/** From what nobody notices to what outlasts suspicion, pings and reconnect delays; cuts outlast clients' patience. */
const forMs: Readonly<Record<Fault['kind'], readonly [number, number]>> = {
  kill: [200, 2_000],
  killAll: [200, 2_000],
  freeze: [100, 3_000],
  cut: [100, 7_000],
}

/** The next fault of one of these kinds to replicas `ids`. */
export function drawFault(random: Random, kinds: readonly Fault['kind'][], ids: readonly number[]): Fault {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const between = ([min, max]: readonly [number, number]): number => Math.round(min + random() * (max - min))
  const kind = one(kinds)
  const times = { calmMs: between(calmMs), forMs: between(forMs[kind]) }
  if (kind === 'killAll') return { ...times, kind }
  if (kind !== 'cut') return { ...times, kind, replica: one(ids) }
  const style = one(cutStyles)
  const { some, rest, name } = random() < 0.5 ? drawPair() : drawPartition()
  const crossing = waysBetween(ids).filter(
    ({ from, to }) => (some.includes(from) && rest.includes(to)) || (rest.includes(from) && some.includes(to)),
  )
  if (random() < 0.5) return { ...times, kind, style, shape: name, ways: crossing }
  return { ...times, kind, style, shape: `${name}, one way`, ways: crossing.filter(({ from }) => some.includes(from)) }

  function drawPair() {
    const { from, to } = one(waysBetween(ids))
    return { some: [from], rest: [to], name: 'pair' } as const
  }
  function drawPartition() {
    const count = 1 + Math.floor(random() * (ids.length - 1))
    const drawn = ids.map(id => ({ id, order: random() })).sort((a, b) => a.order - b.order)
    const shuffled = drawn.map(({ id }) => id)
    return { some: shuffled.slice(0, count), rest: shuffled.slice(count), name: 'partition' } as const
  }
}

/** Its kind, for a count of kinds. */
export const kindOf = (fault: Fault): string =>
  fault.kind === 'cut' ? `cut (${fault.style}, ${fault.shape})` : fault.kind

/** What is done, for a reader. */
export function describeFault(fault: Fault): string {
  const { kind, forMs } = fault
  if (kind === 'cut')
    return `cut (${fault.style}) ${fault.ways.map(({ from, to }) => `${from}->${to}`).join(' ')} for ${forMs} ms`
  return `${kind === 'killAll' ? 'kill all' : `${kind} ${fault.replica}`} for ${forMs} ms`
}
