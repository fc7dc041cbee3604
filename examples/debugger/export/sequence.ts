import type { Timeline } from '../model/timeline.ts'
import { duration, messageInWords } from '../model/words.ts'
import type { Id } from '../trace/format.ts'
import { labelOf, nameOf, vectorInWords } from '../trace/ids.ts'

/** Beyond them renderers give up. */
const linesMax = 400

/**
 * One instance's messages, states and ends as a Mermaid sequence diagram, up to the cursor: a message is drawn where it arrives,
 * or where it is lost.
 */
export function toSequence(timeline: Timeline, id: Id): string {
  const { header } = timeline
  const name = (member: number) => nameOf(header, member)
  const lines: string[] = []
  let beganMs: number | undefined
  for (const cursor of timeline.eventsOf(id)) {
    const event = timeline.event(cursor)
    if (event === undefined || cursor > timeline.cursor) continue
    beganMs ??= event.ms
    const after = `+${duration(event.ms - beganMs)}`
    if (event.kind === 'received' && event.from !== event.at)
      lines.push(`${name(event.from)}->>${name(event.at)}: ${plain(messageInWords(header, event.message))} (${after})`)
    else if (event.kind === 'lost')
      lines.push(`${name(event.at)}-x${name(event.to)}: ${plain(messageInWords(header, event.message))} (${event.why})`)
    else if (event.kind === 'stepped' && event.before !== event.after)
      lines.push(`Note over ${name(event.at)}: ${event.after.replace('/', ', ')} (${after})`)
    else if (event.kind === 'committed')
      lines.push(
        `Note over ${name(event.at)}: committed, ${event.path}${event.rule === undefined ? '' : ` by ${event.rule}`} ${event.cmd === 'nop' ? 'Nop' : plain(vectorInWords(header, event.dep))}`,
      )
    else if (event.kind === 'executed') lines.push(`Note over ${name(event.at)}: executed (${after})`)
  }
  const shown = lines.slice(0, linesMax)
  const rest = lines.length - shown.length
  return [
    'sequenceDiagram',
    `  title ${labelOf(header, id)} in ${plain(header.title)}`,
    ...header.members.map(member => `  participant ${name(member)}`),
    ...shown.map(line => `  ${line}`),
    ...(rest === 0 ? [] : [`  Note over ${name(header.members[0]!)}: ... ${rest} more`]),
    '',
  ].join('\n')
}

/** Without what Mermaid takes for its own. */
const plain = (text: string): string => text.replace(/[;#]/g, ' ').replace(/\{/g, '(').replace(/\}/g, ')')
