import type { Replica } from '../../../index.ts'
import { type Encoder, stateOf } from '../trace/encode.ts'
import type { Standing } from '../trace/format.ts'
import { tapLimits } from './limits.ts'

/** Where a replica stands, in the words of the trace: what a feed tells each new subscriber, and again after a gap. */
export function standingIn<C, R>(replica: Replica<C, R>, encoder: Encoder): Omit<Standing, 'kind' | 'ms' | 'at'> {
  const { state, executed, known, links, unfinished, more } = replica.standing(tapLimits.standingMax)
  return {
    state,
    executed,
    known,
    links: links.map(link => ({ peer: encoder.member(link.peer), state: link.state })),
    unfinished: unfinished.map(each => {
      const attempt = each.snapshot?.context.attempt
      return {
        id: encoder.id(each.id),
        state: each.snapshot === undefined ? stateOfRecord(each.record.phase) : stateOf(each.snapshot),
        record: encoder.record(each.record, true),
        ...(attempt === undefined ? undefined : { attempt: encoder.attempt(attempt) }),
      }
    }),
    ...(more === 0 ? undefined : { more }),
  }
}

const stateOfRecord = (phase: string): string => (phase === 'committed' ? 'committed' : `${phase}/following`)
