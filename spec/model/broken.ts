import { assign, raise } from 'xstate'
import { type Attempt, type InstanceContext, initialContext } from '../../machines/instance/context.ts'
import type { InstanceEvent } from '../../machines/instance/events.ts'
import { guards, recoveryStep } from '../../machines/instance/guards.ts'
import { type InstanceMachine, instanceMachine } from '../../machines/instance/machine.ts'
import { nack, validateOk } from '../../machines/instance/outgoing.ts'
import { instance } from '../../machines/instance/setup.ts'
import { committed } from '../../machines/instance/states/committed.ts'
import { executed } from '../../machines/instance/states/executed.ts'
import { undecided } from '../../machines/instance/states/undecided.ts'
import { accepted } from '../../machines/instance/states/vote/accepted.ts'
import { vote } from '../../machines/instance/states/vote.ts'
import type { Variant } from './variant.ts'

interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

/** The rules as they are. */
export const sound: Variant = { machine: instanceMachine }

/** B1: one ballot variable. A promise makes an old vote look as young as itself. */
const oneBallot: Variant = {
  machine: instanceMachine,
  says: message =>
    message.type === 'recoverOk' && message.phase === 'accepted' ? { ...message, abal: message.bal } : message,
}

/** The reply in the next free place, whoever it comes from. */
function counted<T>(replies: readonly (T | undefined)[], reply: T, n: number): (T | undefined)[] {
  const next = replies.slice()
  for (let place = 0; place < n; place++) {
    if (next[place] !== undefined) continue
    next[place] = reply
    break
  }
  return next
}

const change = (of: (attempt: Attempt, event: InstanceEvent, context: InstanceContext) => Partial<Attempt>) =>
  assign<InstanceContext, InstanceEvent, undefined, InstanceEvent, never>(({ context, event }) => ({
    attempt: { ...context.attempt!, ...of(context.attempt!, event, context) },
  }))

/** B6: replies are counted, not senders: of preAcceptOk and acceptOk, which alone decide a commit. */
const countsMessages: Variant = {
  countsRepeats: true,
  machine: instanceMachine.provide({
    actions: {
      countPreAcceptOk: change((attempt, event, { quorums }) =>
        event.type === 'preAcceptOk'
          ? { preAcceptOks: counted(attempt.preAcceptOks, event.message.dep, quorums.n) }
          : {},
      ),
      // The lowest bit that is not set.
      countAcceptOk: change(({ acceptOks }, _, { quorums }) => ({
        acceptOks: (acceptOks | (acceptOks + 1)) & ((1 << quorums.n) - 1),
      })),
    },
  }),
}

/** B8: validate without its phase guard. The accepted state takes it as the others do. */
const validatesAccepted: Variant = {
  machine: instance.createMachine({
    id: 'instance',
    context: ({ input }) => initialContext(input),
    initial: 'undecided',
    states: {
      committed,
      executed,
      undecided: {
        ...undecided,
        states: {
          ...undecided.states,
          vote: {
            ...vote,
            states: {
              ...vote.states,
              accepted: {
                ...accepted,
                on: {
                  ...accepted.on,
                  validate: [
                    {
                      guard: 'isPromised',
                      actions: ['adoptCandidate', 'writeRecord', { type: 'reply', params: validateOk }],
                    },
                    { guard: 'isOutbid', actions: { type: 'reply', params: nack } },
                  ],
                },
              },
            },
          },
        },
      },
    },
  }) as unknown as InstanceMachine,
}

/** Nobody is the initial coordinator: rule 4.3.3 never applies. What follows from replies in a wait stays as it is. */
const blind = (context: InstanceContext): InstanceContext =>
  context.attempt?.candidate === undefined ? { ...context, id: { ...context.id, rank: -1 } } : context
const blindly =
  (guard: (scope: Scope) => boolean) =>
  ({ context, event }: Scope): boolean =>
    guard({ context: blind(context), event })

/** B10: rule 4.3.3 is missing. */
const trustsCoordinators: Variant = {
  machine: instanceMachine.provide({
    guards: {
      stepIsCommit: blindly(guards.stepIsCommit),
      stepIsAccept: blindly(guards.stepIsAccept),
      stepIsValidate: blindly(guards.stepIsValidate),
    },
    actions: {
      noteRule: assign<InstanceContext, InstanceEvent, undefined, InstanceEvent, never>(({ context }) => ({
        rule: recoveryStep(blind(context))?.rule,
      })),
      takeCandidate: change((_, __, context) => {
        const step = recoveryStep(blind(context))
        return step?.step === 'validate' ? { candidate: step.candidate } : {}
      }),
      proposeStep: raise<InstanceContext, InstanceEvent, InstanceEvent, undefined, never>(({ context }) => {
        const step = recoveryStep(blind(context))
        if (step?.step !== 'accept') throw new Error('a guard has found something to accept')
        const { id, self, attempt } = context
        return {
          type: 'accept',
          from: self,
          message: { type: 'accept', id, bal: attempt!.ballot, cmd: step.cmd, dep: step.dep },
        }
      }),
    },
  }),
}

/** A broken rule, where it is looked for, and why it is not found in the first of these places, if so. */
interface Broken {
  readonly about: string
  readonly variant: Variant
  readonly configurations: readonly string[]
  readonly whyNot?: string
}

/** By row of the catalogue. Ranks are not alike to all of these: they are explored without symmetry. */
export const broken: Readonly<Record<string, Broken>> = {
  'B21 D0': {
    about: 'the faster rule without its barrier in D0',
    variant: { machine: instanceMachine, lacks: 'barrier in D0' },
    configurations: ['behind'],
  },
  'B21 votes': {
    about: "the faster rule without its barrier in votes for others' commands",
    variant: { machine: instanceMachine, lacks: 'barrier in votes' },
    configurations: ['forgotten'],
  },
  'B21 D1b': {
    about: 'the barrier is lifted when all that was forgotten is decided where it was',
    variant: { machine: instanceMachine, lacks: 'barrier that stays' },
    configurations: ['lifted'],
  },
  'B21 D1c': {
    about: 'the barrier is lifted when all have executed what was forgotten',
    variant: { machine: instanceMachine, lacks: 'barrier that stays for ever' },
    configurations: ['outlived'],
  },
  D9: {
    about: 'the faster rule: a fast commit is told before the flush that has it and the own vote',
    variant: { machine: instanceMachine, lacks: 'flush before it is told' },
    configurations: ['forgetful'],
  },
  B1: { about: 'one ballot variable', variant: oneBallot, configurations: ['twice'] },
  B6: {
    about: 'a duplicate reply counts twice',
    variant: countsMessages,
    configurations: ['quick', 'pair', 'five'],
    whyNot:
      'with three replicas every quorum is two, and an own vote counts before any other can come: the first reply of ' +
      'another makes the quorum whole, and its duplicate finds nothing left to decide.',
  },
  B8: { about: 'validate without the phase guard', variant: validatesAccepted, configurations: ['twice'] },
  B10: {
    about: 'rule 4.3.3 is missing',
    variant: trustsCoordinators,
    configurations: ['pair', 'contradiction'],
    whyNot:
      'the coordinator in Q is counted in k, and a waiting(X, k) then ends the wait of a Y that was committed on the fast ' +
      'path. For that k = n-f-e+1 replicas have voted X without Y, and n-e others Y without X. With three replicas that ' +
      'makes 2 + 2, one too many; with five 2 + 3.',
  },
}
