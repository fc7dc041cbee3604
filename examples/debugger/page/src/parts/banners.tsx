import type { JSX } from 'preact'
import { pageLimits } from '../limits.ts'
import { connection } from '../state/connection.ts'
import { goTo } from '../state/player.ts'
import { captionEnds, density, shown, stateCalmly } from '../state/shown.ts'
import { Blocked } from './picked-panel.tsx'
import { Linked } from './replica.tsx'

/** What stands over every view: what is seen here, what is wrong, what waits. */
export function Banners(): JSX.Element | null {
  const state = stateCalmly()
  if (state === undefined) return null
  const { header, caption, violations } = state
  return (
    <>
      {connection.value === 'lost' && (
        <div class="banner warn">
          The program does not answer: it was stopped, or is unreachable. What came is still here.
        </div>
      )}
      {violations.map(({ property, what }) => (
        <div key={property} class="banner alarm" role="alert">
          <b>Violation of {property}:</b> <Linked header={header} text={what} />
        </div>
      ))}
      {(caption !== undefined || hasCaptions()) && (
        <div class="banner caption" data-test="caption">
          <span class="grow">
            {caption === undefined ? (
              'This trace walks you through itself.'
            ) : (
              <Linked header={header} text={caption.text} />
            )}
          </span>
          <button type="button" onClick={() => toCaption(-1)}>
            ◀ Back
          </button>
          <button type="button" class="primary" onClick={() => toCaption(1)}>
            Next ▶
          </button>
        </div>
      )}
      <Blocked state={state} olderThanMs={pageLimits.blockedMs} />
    </>
  )
}

const hasCaptions = (): boolean => density.strip.marks.some(({ kind }) => kind === 'caption')

/** A caption announces what follows: one looks at it where that is over, just before the next one. */
function toCaption(direction: 1 | -1): void {
  const timeline = shown.value!
  const { cursor } = timeline
  const ends = captionEnds(density.strip, timeline.last)
  const to = direction === 1 ? ends.find(each => each > cursor) : ends.findLast(each => each < cursor)
  goTo(to ?? (direction === 1 ? timeline.last : timeline.first))
}
