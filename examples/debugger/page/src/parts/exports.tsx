import { mermaid } from 'epaxos:statechart'
import type { JSX } from 'preact'
import { toJsonl } from '../../../export/jsonl.ts'
import { toSequence } from '../../../export/sequence.ts'
import { toShiViz } from '../../../export/shiviz.ts'
import type { Timeline } from '../../../model/timeline.ts'
import type { TraceEvent } from '../../../trace/format.ts'
import { labelOf } from '../../../trace/ids.ts'
import { picture } from '../draw/canvas.tsx'
import { isExportOpen, picked, view, viewNames } from '../state/choices.ts'
import { shown } from '../state/shown.ts'

/** What one can take along. */
export function ExportMenu(): JSX.Element | null {
  const timeline = shown.value
  if (!isExportOpen.value || timeline === undefined) return null
  const { header } = timeline
  const id = picked.value
  const name = `epaxos-${header.title.replace(/\W+/g, '-')}`
  const hasPicture = view.value === 'chart' || view.value === 'dependencies' || view.value === 'spacetime'
  return (
    <div class="menu" role="menu">
      <button type="button" onClick={() => keep(`${name}.jsonl`, toJsonl(header, held(timeline), timeline.first))}>
        Trace (.jsonl) <span class="soft">opens with debug FILE</span>
      </button>
      <button
        type="button"
        disabled={!hasPicture}
        onClick={() => keep(`${name}-${view.value}.svg`, picture.toSvg?.() ?? '', 'image/svg+xml')}
      >
        Picture (.svg) <span class="soft">{hasPicture ? viewNames[view.value] : 'of views 1 to 3'}</span>
      </button>
      <button type="button" onClick={() => keep(`${name}-statechart.mmd`, mermaid)}>
        Statechart (Mermaid)
      </button>
      <button
        type="button"
        disabled={id === undefined}
        onClick={() => id !== undefined && keep(`${name}-${id}.mmd`, toSequence(timeline, id))}
      >
        Sequence (Mermaid) <span class="soft">{id === undefined ? 'pick an instance' : labelOf(header, id)}</span>
      </button>
      <button type="button" onClick={() => keep(`${name}-shiviz.log`, toShiViz(header, held(timeline)))}>
        ShiViz log
      </button>
    </div>
  )
}

function* held(timeline: Timeline): Generator<TraceEvent> {
  for (const [, event] of timeline.events()) yield event
}

function keep(name: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  isExportOpen.value = false
}
