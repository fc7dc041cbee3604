import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { CommitPath } from '../../../../../machines/instance/context.ts'
import type { State } from '../../../model/state.ts'
import { type StoryRow, storyOf } from '../../../model/story.ts'
import { duration } from '../../../model/words.ts'
import type { Id } from '../../../trace/format.ts'
import { labelOf, vectorInWords } from '../../../trace/ids.ts'
import { pageLimits } from '../limits.ts'
import { SidePanel } from '../parts/picked-panel.tsx'
import { Linked, Replica } from '../parts/replica.tsx'
import { commandInWords, timeInWords } from '../parts/words.ts'
import { areValuesShown, picked } from '../state/choices.ts'
import { say, sourceKind } from '../state/connection.ts'
import { goTo } from '../state/player.ts'
import { shown, stateCalmly } from '../state/shown.ts'

const withMessages = signal(true)
const deepOf = signal<Id | undefined>(undefined)

/** All that is told of one instance. */
export function InstanceView(): JSX.Element | null {
  const state = stateCalmly()
  if (state === undefined) return null
  const id = picked.value
  return (
    <div class="with-side">
      <div class="main scrolls">
        {id === undefined ? (
          <p class="empty">Pick an instance on the right, or press / and type its name: here stands its whole story.</p>
        ) : (
          <Story key={id} state={state} id={id} />
        )}
      </div>
      <SidePanel state={state} />
    </div>
  )
}

function Story({ state, id }: { state: State; id: Id }): JSX.Element {
  const { header } = state
  const story = storyOf(shown.value!, id)
  const instance = state.instances.get(id)
  const rows = withMessages.value ? story.rows : story.rows.filter(({ kind }) => !messageKinds.has(kind))
  const seen = rows.slice(-pageLimits.rowsMax)
  const earlier = story.more + rows.length - seen.length
  const beganMs = story.rows[0]?.ms ?? 0
  return (
    <>
      <p class="lead">
        The whole story of <b>{labelOf(header, id)}</b> up to the cursor:{' '}
        {commandInWords(instance?.cmd, areValuesShown.value)}.{' '}
        {instance?.decided === undefined ? (
          'It is not decided yet.'
        ) : (
          <>
            Decided {instance.decided.cmd === 'nop' ? 'Nop ' : ''}after{' '}
            {duration(Math.max(0, instance.decided.ms - instance.firstMs))} ({pathWords[instance.decided.path]}
            ), depends on <Linked header={header} text={vectorInWords(header, instance.decided.dep)} />.
          </>
        )}
      </p>
      {story.whySlow !== undefined && (
        <p class="note">
          <Linked header={header} text={story.whySlow} />
        </p>
      )}
      <table class="kept">
        <thead>
          <tr>
            <th>at</th>
            <th>stands in</th>
            <th>in memory</th>
            <th>on disk: what it would be after a crash now</th>
          </tr>
        </thead>
        <tbody>
          {story.kept.map(({ member, states, inMemory, onDisk }) => (
            <tr key={member}>
              <td>
                <Replica header={header} member={member} />
              </td>
              <td>{states.join(', ')}</td>
              <td>
                <Linked header={header} text={inMemory} />
              </td>
              <td class={onDisk === inMemory ? '' : 'warn'}>
                {onDisk === inMemory ? 'the same' : <Linked header={header} text={onDisk} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="filters">
        <label>
          <input
            type="checkbox"
            checked={withMessages.value}
            onChange={({ currentTarget }) => {
              withMessages.value = currentTarget.checked
            }}
          />
          messages, too
        </label>
        {sourceKind.value === 'live' && (
          <button
            type="button"
            onClick={() => {
              deepOf.value = deepOf.value === id ? undefined : id
              say(deepOf.value === undefined ? { type: 'deep' } : { type: 'deep', id })
            }}
          >
            {deepOf.value === id ? 'Look into it no more' : 'Look into it: guards and actions (XState)'}
          </button>
        )}
        {earlier > 0 && <span class="soft">{earlier} earlier rows are not shown</span>}
      </div>
      <table class="story" data-test="story">
        <thead>
          <tr>
            <th class="number">after</th>
            <th>at</th>
            <th>what</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {seen.map(row => (
            <Row key={row.cursor} state={state} row={row} beganMs={beganMs} />
          ))}
        </tbody>
      </table>
    </>
  )
}

const messageKinds: ReadonlySet<string> = new Set(['sent', 'received', 'lost', 'rejected'])
const pathWords: { readonly [Path in CommitPath]: string } = {
  fast: 'fast path',
  slow: 'slow path',
  found: 'found by recovery',
  told: 'as a commit message told',
}

const Row = ({ state, row, beganMs }: { state: State; row: StoryRow; beganMs: number }): JSX.Element => (
  <tr class={`${row.kind} ${row.cursor === state.cursor ? 'at-cursor' : ''}`}>
    <td class="number" title={timeInWords(row.ms)}>
      +{duration(Math.max(0, row.ms - beganMs))}
    </td>
    <td>{row.at !== undefined && <Replica header={state.header} member={row.at} />}</td>
    <td>
      <span class={`kind ${row.kind}`}>{row.kind}</span> {withoutReplica(row)}
    </td>
    <td class="number">
      <button type="button" class="quiet" onClick={() => goTo(row.cursor)} title="Go there">
        event {row.cursor}
      </button>
    </td>
  </tr>
)

/** The column before says where. */
const withoutReplica = ({ words, at }: StoryRow): string => (at === undefined ? words : words.replace(/^\S+ /, ''))
