import type { JSX } from 'preact'
import {
  areValuesShown,
  isExportOpen,
  isHelpOpen,
  pick,
  theme,
  toggleTheme,
  view,
  viewNames,
  views,
} from '../state/choices.ts'
import { connection, sourceKind } from '../state/connection.ts'
import { calm, shown } from '../state/shown.ts'
import { ExportMenu } from './exports.tsx'
import { idOfLabel } from './replica.tsx'
import { count } from './words.ts'

export function TopBar(): JSX.Element {
  return (
    <header class="top">
      <h1>epaxos</h1>
      <What />
      <nav>
        {views.map((each, at) => (
          <button
            key={each}
            type="button"
            class={view.value === each ? 'tab on' : 'tab'}
            aria-current={view.value === each ? 'page' : undefined}
            data-view={each}
            onClick={() => {
              view.value = each
            }}
          >
            <kbd>{at + 1}</kbd> {viewNames[each]}
          </button>
        ))}
      </nav>
      <PickByName />
      <div class="tools">
        <Values />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isExportOpen.value = !isExportOpen.value
          }}
        >
          Export
        </button>
        <button type="button" class="quiet" onClick={toggleTheme} title="Light or dark (t)" aria-label="Light or dark">
          {theme.value === 'dark' ? '☀' : '☾'}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isHelpOpen.value = true
          }}
          title="Keys (?)"
        >
          ?
        </button>
        <ExportMenu />
      </div>
    </header>
  )
}

const sources = { live: 'LIVE', recording: 'RECORDING', world: 'WORLD' } as const

function What(): JSX.Element {
  calm.value
  const timeline = shown.value
  const how = connection.value
  if (timeline === undefined)
    return (
      <span class={`badge ${how === 'lost' ? 'alarm' : ''}`}>{how === 'lost' ? 'connection lost' : 'connecting'}</span>
    )
  const { header, state, first } = timeline
  const { lostEvents, skippedEvents } = state.totals
  const kind = header.source === 'scenario' ? 'SCENARIO' : sources[sourceKind.value ?? 'recording']
  const missing = lostEvents + skippedEvents + first
  const why = [
    ...(skippedEvents > 0 ? [`${count(skippedEvents)} left out above the rate that replicas tell at`] : []),
    ...(lostEvents > 0 ? [`${count(lostEvents)} lost (gaps)`] : []),
    ...(first > 0 ? [`${count(first)} earlier ones are held no more`] : []),
  ].join('; ')
  return (
    <span class="what">
      <span class={`badge ${kind.toLowerCase()}`}>{how === 'lost' ? 'CONNECTION LOST' : kind}</span>
      <span class="cut" title={header.title}>
        {header.title}
      </span>
      {missing > 0 && (
        <span class="badge warn" title={why} data-test="missing">
          {count(missing)} events not shown
        </span>
      )}
    </span>
  )
}

function PickByName(): JSX.Element {
  return (
    <input
      id="pick"
      type="text"
      size={7}
      placeholder="instance  /"
      aria-label="Pick an instance by name"
      onKeyDown={event => {
        const timeline = shown.value
        if (event.key !== 'Enter' || timeline === undefined) return
        const id = idOfLabel(timeline.header, event.currentTarget.value)
        event.currentTarget.setCustomValidity(
          id === undefined ? `expected a name as ${timeline.header.names[0]}.3` : '',
        )
        if (id === undefined) {
          event.currentTarget.reportValidity()
          return
        }
        pick(id)
        event.currentTarget.value = ''
        event.currentTarget.blur()
      }}
      onInput={event => event.currentTarget.setCustomValidity('')}
    />
  )
}

function Values(): JSX.Element {
  const canShow = shown.value?.header.values === 'shown'
  return (
    <button
      type="button"
      class="quiet"
      disabled={!canShow}
      title={canShow ? 'Show or mask values (v)' : 'This trace holds no values: start with --show-values'}
      onClick={() => {
        areValuesShown.value = !areValuesShown.value
      }}
    >
      {canShow && areValuesShown.value ? 'Values shown' : 'Masked'}
    </button>
  )
}
