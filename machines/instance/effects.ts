import { broadcast, type Circumstances, reply, type Say, sendTo, type ToSelf } from '../protocol/addressing.ts'
import type { Value } from '../protocol/commands.ts'
import type { Dependencies } from '../protocol/dependencies.ts'
import { invariant } from '../protocol/errors.ts'
import type { InstanceId } from '../protocol/instance-id.ts'
import type { InstanceMessage } from '../protocol/messages.ts'
import type { Record } from '../protocol/record.ts'
import type { Candidate } from '../protocol/recovery.ts'
import type { Attempt, CommitPath, InstanceContext } from './context.ts'
import type { InstanceEvent } from './events.ts'
import { type InstanceMachine, instanceMachine } from './machine.ts'
import { type Addressed, attemptOf, candidateOf } from './outgoing.ts'

/** An effect of an instance's statechart, as a value. The stepper applies it once the chart has come to rest. */
export type Effect =
  | Say
  | ToSelf
  /** The record has changed, and must be durable before a message that reveals it leaves. */
  | { readonly type: 'write'; readonly record: Record }
  /** The instance is final here: the others and the executor must be told (section 6 says when). */
  | {
      readonly type: 'committed'
      readonly cmd: Value
      readonly dep: Dependencies
      readonly path: CommitPath
      readonly rule: string | undefined
    }
  /**
   * It was final here before, and another replica has told it: no replica's memory is needed for it any more (section
   * 6).
   */
  | { readonly type: 'confirmed'; readonly cmd: Value; readonly dep: Dependencies }
  /** The fast path is still open: `giveUpFastPath` after a short, bounded wait (rule 3.3). */
  | { readonly type: 'awaitFastPath'; readonly attempt: Attempt; readonly initDep: Dependencies }
  /**
   * `memberCommitted` and `memberWaiting` are wanted for each of these, at once for facts known already (rule 4.5.3).
   */
  | { readonly type: 'awaitMembers'; readonly members: readonly InstanceId[]; readonly candidate: Candidate }

/** The actions of the chart that are effects. */
export const effectNames = [
  'writeRecord',
  'reply',
  'broadcast',
  'sendTo',
  'announceCommit',
  'announceTold',
  'awaitFastPath',
  'awaitMembers',
] as const
export type EffectName = (typeof effectNames)[number]

interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

export const isEffect = (name: string): name is EffectName => (effectNames as readonly string[]).includes(name)

/** The effects of an action of the chart. */
export function effectsOf(name: EffectName, scope: Scope, params: unknown, where: Circumstances): readonly Effect[] {
  return makers[name](scope, params as never, where)
}

const makers: { readonly [N in EffectName]: (scope: Scope, params: never, where: Circumstances) => readonly Effect[] } =
  {
    writeRecord: ({ context }) => [{ type: 'write', record: context.record }],
    reply: ({ event }, message: InstanceMessage, where) => [
      reply('from' in event ? event.from : where.self, message, isUnhurried(event), where),
    ],
    broadcast: (_, message: InstanceMessage, where) => broadcast(message, where),
    sendTo: (_, { to, message }: Addressed, where) => sendTo(to, message as InstanceMessage, where),
    announceCommit: ({ context: { record, path, rule } }) => {
      const { cmd, dep } = record
      invariant(cmd !== undefined && path !== undefined, () => 'what is committed has a command and a path')
      return [{ type: 'committed', cmd, dep, path, rule }]
    },
    announceTold: ({ context: { record } }) =>
      record.cmd === undefined ? [] : [{ type: 'confirmed', cmd: record.cmd, dep: record.dep }],
    awaitFastPath: ({ context }) => [
      { type: 'awaitFastPath', attempt: attemptOf(context), initDep: context.record.initDep },
    ],
    awaitMembers: ({ context }) => [
      {
        type: 'awaitMembers',
        members: attemptOf(context).members.map(member => member.id),
        candidate: candidateOf(context),
      },
    ],
  }

/** Whether the sender of this request will most likely decide without the vote. */
const isUnhurried = (event: InstanceEvent): boolean =>
  (event.type === 'preAccept' || event.type === 'accept') && event.message.unhurried === true

/** The instance statechart whose effects are handed to `append`, in the order in which the chart asks for them. */
export const machineWithEffects = (append: (effect: Effect) => void, where: Circumstances): InstanceMachine =>
  instanceMachine.provide({
    actions: Object.fromEntries(
      effectNames.map(name => [
        name,
        (scope: Scope, params: unknown) => {
          for (const effect of effectsOf(name, scope, params, where)) append(effect)
        },
      ]),
    ) as NonNullable<Parameters<typeof instanceMachine.provide>[0]['actions']>,
  })
