import { percentile } from '../../support/percentile.ts'
import type { Mark, MarkKind } from './marks.ts'

/** One command, as its client saw it, us. */
export interface Seen {
  readonly sentUs: number
  readonly answeredUs: number
}

/** The parts of a command's wait, in their order. */
export const stageNames = [
  'client to coordinator, until its instance is written',
  'coordinator: until its preAccept leaves',
  'to the voter that answers first',
  'voter: until its flush begins',
  'voter: flush of its vote',
  'voter: until its vote leaves',
  'back to the coordinator',
  'coordinator: until its flush begins',
  'coordinator: flush of the commit',
  'coordinator: until it is executed',
  'answer to the client',
] as const

/** How long each part of one command took, us; their sum is its whole wait. */
export type Stages = readonly number[]

/** Moments of one replica, by kind: those of instances by their index, those of flushes in their order. */
class Moments {
  readonly #of = new Map<string, number>()
  readonly #flushes: Readonly<Record<'flushBegan' | 'flushEnded', number[]>> = { flushBegan: [], flushEnded: [] }

  constructor(marks: readonly Mark[]) {
    for (const { kind, index, peer, us } of marks)
      if (kind === 'flushBegan' || kind === 'flushEnded') this.#flushes[kind].push(us)
      else {
        const key = `${kind} ${index} ${peer ?? ''}`
        if (!this.#of.has(key)) this.#of.set(key, us)
      }
  }

  at(kind: MarkKind, index: number, peer?: number): number | undefined {
    return this.#of.get(`${kind} ${index} ${peer ?? ''}`)
  }

  /** The first such moment of a flush at or after this one. */
  next(kind: 'flushBegan' | 'flushEnded', fromUs: number): number | undefined {
    const all = this.#flushes[kind]
    let [low, high] = [0, all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (all[middle]! < fromUs) low = middle + 1
      else high = middle
    }
    return all[low]
  }

  /** Indices of the instances that were written here. */
  written(): readonly number[] {
    return [...this.#of.keys()].flatMap(key => {
      const [kind, index] = key.split(' ')
      return kind === 'written' ? [Number(index)] : []
    })
  }
}

/**
 * The parts of each command's wait. A command stands alone: its instance is the one written between its sending and its answer.
 * @param marks of the replicas, by rank; the first is the coordinator
 * @returns of those that went the ordinary way, one flush after the vote and one after the votes
 */
export function stagesOf(marks: readonly (readonly Mark[])[], seen: readonly Seen[]): readonly Stages[] {
  const replicas = marks.map(some => new Moments(some))
  const [coordinator, ...voters] = replicas
  const written = coordinator!.written().map(index => ({ index, us: coordinator!.at('written', index)! }))
  written.sort((a, b) => a.us - b.us)
  let at = 0
  return seen.flatMap(({ sentUs, answeredUs }) => {
    while (at < written.length && written[at]!.us < sentUs) at++
    const own = written[at]
    if (own === undefined || own.us > answeredUs) return []
    const [first] = voters
      .flatMap((_, which) => {
        const cameUs = coordinator!.at('voteCame', own.index, which + 1)
        return cameUs === undefined ? [] : [{ rank: which + 1, cameUs }]
      })
      .sort((a, b) => a.cameUs - b.cameUs)
    if (first === undefined) return []
    const voter = replicas[first.rank]!
    const cameUs = voter.at('preAcceptCame', own.index, 0)
    const voteSentUs = voter.at('voteSent', own.index, 0)
    const voterBegan = cameUs && voter.next('flushBegan', cameUs)
    const began = coordinator!.next('flushBegan', first.cameUs)
    const moments = [
      sentUs,
      own.us,
      coordinator!.at('preAcceptSent', own.index, first.rank),
      cameUs,
      voterBegan,
      voterBegan && voter.next('flushEnded', voterBegan),
      voteSentUs,
      first.cameUs,
      began,
      began && coordinator!.next('flushEnded', began),
      coordinator!.at('executed', own.index),
      answeredUs,
    ]
    const stages = moments.slice(1).map((us, which) => (us ?? Number.NaN) - (moments[which] ?? Number.NaN))
    return stages.every(each => each >= 0) ? [stages] : []
  })
}

/** Median and p99 of each part, and of the whole wait, us. */
export function summaryOf(commands: readonly Stages[]) {
  const of = (values: readonly number[]) => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) })
  const whole = commands.map(stages => stages.reduce((sum, each) => sum + each, 0))
  return {
    commands: commands.length,
    stages: stageNames.map((name, at) => ({ name, ...of(commands.map(stages => stages[at]!)) })),
    whole: of(whole),
  }
}
