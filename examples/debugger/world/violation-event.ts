import type { Violation, ViolationProperty } from '../../../spec/sim/index.ts'
import type { TraceHeader, ViolationFound } from '../trace/format.ts'

/** What each property says when it is broken, to somebody who has not read the checks. */
const meanings: { readonly [Property in ViolationProperty]: string } = {
  agreement: 'two replicas have different values for one instance',
  visibility: 'two conflicting commands were decided without either knowing of the other',
  'execution order': 'two replicas executed writes of one key in different orders',
  'exactly once': 'replicas executed one command at different places, or twice',
  durability: 'a command that was acknowledged is missing',
  linearizability: 'no order of the commands explains what clients saw',
  liveness: 'something that must happen after healing did not happen in time',
  messages: 'replicas went on talking about an instance long after it should have been over',
  'equal states': 'replicas that executed the same have different states',
  invariant: 'a replica found that its own rules do not hold, and stopped',
  'lost disk': 'a replica that lost its disk voted again as if it had not',
  time: 'a replica takes a time for passed that no right clock has reached',
  statechart: 'an instance did at a replica what its statechart does not allow',
  judge: 'the check of what clients saw could not come to an end',
}

/** What was broken, in a sentence for somebody who has not read the checks. */
export const explained = ({ property, what }: Violation): string => `${meanings[property]}: ${what}`

/** A violation as an event; what it is about is named by members, not by letters. */
export function violationEvent(violation: Violation, { members, names }: TraceHeader, ms: number): ViolationFound {
  const { property, about } = violation
  return {
    kind: 'violation',
    ms,
    property,
    what: explained(violation),
    about: about.flatMap(name => {
      const [, letter, index] = /^([A-I])\.(\d+)$/.exec(name) ?? []
      const rank = letter === undefined ? -1 : names.indexOf(letter)
      return rank < 0 ? [] : [`${members[rank]}.${index}`]
    }),
  }
}
