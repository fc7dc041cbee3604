import { expect } from 'chai'
import { createActor } from 'xstate'
import type { InstanceContext } from '../../../../machines/instance/context.ts'
import type { InstanceEvent } from '../../../../machines/instance/events.ts'
import { type InstanceSnapshot, instanceMachine } from '../../../../machines/instance/machine.ts'
import type { Addressed } from '../../../../machines/instance/outgoing.ts'
import type { Rank } from '../../../../machines/protocol/membership.ts'
import type { Message, MessageOf, MessageType } from '../../../../machines/protocol/messages.ts'
import { quorumsOf } from '../../../../machines/protocol/quorums.ts'
import type { Record } from '../../../../machines/protocol/record.ts'
import { id, type Step } from './events.ts'

/** What a history has left. */
export interface Played {
  /** `preAccepted following` (what is voted, what is driven), `committed` or `executed`. */
  readonly state: string
  readonly context: InstanceContext
  readonly record: Record
  /** All effects, in order: `writeRecord`, `reply acceptOk to 1`, `broadcast accept`, `send validate to 1, 2`. */
  readonly effects: readonly string[]
  /** Those of the last event alone. */
  readonly last: readonly string[]
  /** The last message of a type that was replied, broadcast or sent. */
  said<K extends MessageType>(type: K): MessageOf<K>
}

interface Scope {
  readonly context: InstanceContext
  readonly event: InstanceEvent
}

export const stateOf = ({ value }: InstanceSnapshot): string => {
  if (typeof value === 'string') return value
  const { vote, drive } = value.undecided as { vote: string; drive: string }
  return `${vote} ${drive}`
}

/**
 * Plays a history of events to the statechart of `id` at the replica of rank `self`, one of `n`. Its messages to itself
 * come when the history says so. Throws whatever the statechart has thrown.
 */
export function play(n: number, self: Rank, ...history: readonly Step[]): Played {
  const effects: string[] = []
  const messages: Message[] = []
  const spoken = (how: string, message: Message, to = ''): void => {
    messages.push(message)
    effects.push(`${how} ${message.type}${to}`)
  }
  const machine = instanceMachine.provide({
    actions: {
      writeRecord: () => {
        effects.push('writeRecord')
      },
      reply: ({ event }: Scope, message: Message) =>
        spoken('reply', message, ` to ${'from' in event ? event.from : self}`),
      broadcast: (_: Scope, message: Message) => spoken('broadcast', message),
      sendTo: (_: Scope, { to, message }: Addressed) => spoken('send', message, ` to ${to.join(', ')}`),
      announceCommit: ({ context }: Scope) => {
        effects.push(`announceCommit ${context.path}`)
      },
      announceTold: () => {
        effects.push('announceTold')
      },
      awaitFastPath: () => {
        effects.push('awaitFastPath')
      },
      awaitMembers: ({ context }: Scope) => {
        const members = context.attempt?.members.map(member => `${member.id.rank}.${member.id.index}`) ?? []
        effects.push(`awaitMembers ${members.join(', ')}`)
      },
    },
  })
  const actor = createActor(machine, { input: { id, self, quorums: quorumsOf(n) } })
  let failure: unknown
  actor.subscribe({
    error: error => {
      failure = error
    },
  })
  actor.start()
  let last: string[] = []
  for (const step of history) {
    const event = step(n)
    const before = actor.getSnapshot().context.record
    const from = effects.length
    actor.send(event)
    if (failure !== undefined) throw failure
    last = effects.slice(from)
    checkWrite(event, before, actor.getSnapshot().context.record, last)
  }
  const snapshot = actor.getSnapshot()
  return {
    state: stateOf(snapshot),
    context: snapshot.context,
    record: snapshot.context.record,
    effects,
    last,
    said: type => {
      const found = messages.findLast(message => message.type === type)
      if (found === undefined) throw new Error(`no ${type} was said; the effects were ${effects.join(', ')}`)
      return found as unknown as MessageOf<typeof type>
    },
  }
}

/** What every history must keep: persist, then speak; promises and votes never go back; a commit is final. */
function checkWrite(event: InstanceEvent, before: Record, after: Record, effects: readonly string[]): void {
  // `waiting` and what goes with it reveal nothing of the record.
  const revealing = effects.filter(effect => !/^(send waiting|awaitMembers)/.test(effect))
  if (event.type !== 'restore' && before !== after)
    expect(revealing[0], `a ${event.type} changes the record: that is written before it is said`).to.equal(
      'writeRecord',
    )
  if (before === after) expect(effects, `a ${event.type} changes nothing`).not.to.include('writeRecord')
  expect(after.bal).to.be.at.least(before.bal)
  expect(after.abal).to.be.at.least(before.abal)
  expect(after.abal).to.be.at.most(after.bal)
  if (before.phase === 'committed') expect(after).to.equal(before)
}
