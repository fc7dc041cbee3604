import type { AnyStateNode } from 'xstate'
import type { InstanceEventType } from '../../../../machines/instance/events.ts'
import {
  allLeaves,
  alwaysOf,
  drives,
  events,
  metaOf,
  nameOf,
  type Reaction,
  rowOf,
  votes,
  wholes,
} from './reactions.ts'

/** The whole state x message table, as Markdown. */
export function stateMessageTable(): string {
  return [
    '# What an instance does on every event, in every state',
    '',
    'Made from the statechart by spec/machines/instance/table.spec.ts; `UPDATE_GOLDEN=1` writes it anew.',
    '',
    '## By configuration',
    '',
    'What is voted and what is driven stand side by side. **v**: the vote reacts, **d**: the drive does, **u**: the',
    'undecided instance as a whole, **c**: the committed one; **.**: dropped. Guards, and the reasons',
    'for dropping, follow state by state.',
    '',
    ...grid(),
    '',
    ...allLeaves.flatMap(section),
  ].join('\n')
}

function grid(): string[] {
  const header = ['state', ...events]
  const rows = [
    ...votes.flatMap(vote => drives.map(drive => [`${vote.key} ${drive.key}`, ...events.map(cellOf(vote, drive))])),
    ...wholes.map(whole => [whole.key, ...events.map(cellOf(whole))]),
  ]
  return table(header, rows)
}

const cellOf =
  (...regions: readonly AnyStateNode[]) =>
  (event: InstanceEventType): string => {
    const letters = regions.flatMap(region =>
      rowOf(region, event).reactions.map(({ state }) => (state.split('/')[1] ?? state)[0]!),
    )
    return letters.length === 0 ? '.' : [...new Set(letters)].join('')
  }

function section(state: AnyStateNode): string[] {
  const rows = events.flatMap(event => {
    const { reactions, ignored } = rowOf(state, event)
    const lines = reactions.map((reaction, at) => [
      event,
      reaction.guard ?? (at === 0 ? '' : 'else'),
      does(reaction),
      reaction.target ?? '',
    ])
    const isDropped = reactions.every(reaction => reaction.guard !== undefined) && ignored !== undefined
    return isDropped ? [...lines, [event, reactions.length === 0 ? '' : 'else', `dropped: ${ignored}`, '']] : lines
  })
  const always = alwaysOf(state).map(reaction => ['(always)', reaction.guard ?? '', does(reaction), reaction.target!])
  return [
    `## ${nameOf(state)}`,
    '',
    `Rules ${metaOf(state)?.rule ?? ''} of the protocol.`,
    '',
    ...table(['event', 'when', 'does', 'goes to'], [...rows, ...always]),
    '',
  ]
}

const does = ({ actions }: Reaction): string => actions.join(', ')

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)]
}
