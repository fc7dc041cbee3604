import type { InstanceEvent } from '../../machines/instance/events.ts'
import type { InstanceId } from '../../machines/protocol/instance-id.ts'
import type { InstanceMessage } from '../../machines/protocol/messages.ts'
import type { Record } from '../../machines/protocol/record.ts'
import type { Part } from './chart.ts'

/** The commit of an instance, as its coordinator tells it. */
export const commitOf = (
  id: InstanceMessage['id'],
  cmd: NonNullable<Record['cmd']>,
  dep: Record['dep'],
): InstanceMessage => ({
  type: 'commit',
  id,
  cmd,
  dep,
})

/** Nothing was promised or voted: there is no such record on disk. */
export const isUntouched = ({ phase, bal }: Record): boolean => phase === 'initial' && bal === 0

/** The instance as its record alone says. */
export const restored = ({ value, context }: Part): Part => ({
  value: { undecided: { ...(value as { undecided: object }).undecided, drive: 'following' } } as Part['value'],
  context: { ...context, attempt: undefined },
})

/** The recovery that runs at an instance waits for a member of I (rule 4.5.3). */
export const awaitsMember = ({ context }: Part, { rank, index }: InstanceId): boolean =>
  (context.attempt?.members ?? []).some(({ id }) => id.rank === rank && id.index === index)

/** The phase guard of rule 4.4 (B8) is seen by what it stops. */
export function guardOf({ context: { record } }: Part, event: InstanceEvent): string | undefined {
  if (event.type !== 'validate' || record.phase !== 'accepted') return undefined
  return record.bal === event.message.bal ? '4.4 phase guard' : undefined
}
