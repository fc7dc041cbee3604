import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { duration } from '../../../../model/words.ts'
import type { Intervention } from '../../../../server/protocol.ts'
import type { Member, TraceHeader } from '../../../../trace/format.ts'
import { nameOf } from '../../../../trace/ids.ts'
import { count } from '../../parts/words.ts'
import type { WorldState } from '../../state/connection.ts'

/** What somebody at the page did to the world, and how it is made again. */
export function Done({ header, steered }: { header: TraceHeader; steered: WorldState }): JSX.Element {
  const { interventions, which } = steered.link
  const link = `${location.origin}/${location.search}#world=${encodeURIComponent(JSON.stringify(steered.link))}`
  return (
    <>
      {interventions.length === 0 ? (
        <p class="soft">Nothing: this is seed {which.seed} as it is.</p>
      ) : (
        <ol>
          {interventions.map((each, at) => (
            <li key={at}>{deedInWords(header, each)}</li>
          ))}
        </ol>
      )}
      <p>
        <Copy text={link} label="Copy the link" /> <Copy text={steered.command} label="Copy the command" />
      </p>
      <p>
        <code class="cut">{steered.command}</code>
      </p>
    </>
  )
}

function deedInWords(header: TraceHeader, { step, deed }: Intervention): string {
  const name = (member: Member) => nameOf(header, member)
  const when = `after step ${count(step)}: `
  switch (deed.do) {
    case 'crash':
      return `${when}${name(deed.member)} crashes for ${duration(deed.downMs)}`
    case 'cut':
      return `${when}cut ${deed.links.map(([a, b]) => `${name(a)}→${name(b)}`).join(' ')} for ${duration(deed.forMs)}`
    case 'heal':
      return `${when}heal ${deed.links.map(([a, b]) => `${name(a)}→${name(b)}`).join(' ')}`
    case 'drop':
      return `${when}message ${deed.no} is dropped`
    case 'delay':
      return `${when}message ${deed.no} comes ${duration(deed.byMs)} later`
  }
}

function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const [isDone, setDone] = useState(false)
  return (
    <button
      type="button"
      onClick={async () => {
        await navigator.clipboard.writeText(text)
        setDone(true)
      }}
    >
      {isDone ? '✓ copied' : label}
    </button>
  )
}
