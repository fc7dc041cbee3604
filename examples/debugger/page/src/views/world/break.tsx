import type { JSX } from 'preact'
import type { State } from '../../../../model/state.ts'
import { summaryOf } from '../../../../model/summary.ts'
import type { Timeline } from '../../../../model/timeline.ts'
import { duration } from '../../../../model/words.ts'
import type { Member } from '../../../../trace/format.ts'
import { ClusterMap } from '../../parts/cluster-map.tsx'
import { Replica } from '../../parts/replica.tsx'
import { timeInWords } from '../../parts/words.ts'
import { doDeed, forMs } from '../../parts/world-orders.ts'

/** The cluster as a map: a replica that is clicked crashes, a link is cut or healed. */
export function Break({ state, timeline }: { state: State; timeline: Timeline }): JSX.Element {
  return (
    <>
      <p class="filters">
        <label>
          for
          <select
            value={String(forMs.value)}
            onChange={({ currentTarget }) => {
              forMs.value = Number(currentTarget.value)
            }}
          >
            {[50, 200, 500, 2_000, 10_000].map(each => (
              <option key={each} value={each}>
                {duration(each)}
              </option>
            ))}
          </select>
        </label>
        <span class="soft">
          {timeline.isAtEnd ? 'done now' : `done at the cursor, ${timeInWords(state.ms)}: what follows it is undone`}
        </span>
      </p>
      <ClusterMap
        state={state}
        summary={summaryOf(state)}
        onReplica={member => doDeed({ do: 'crash', member, downMs: forMs.value })}
        onLink={(a, b) => cutOrHeal(state, a, b)}
      />
      <Apart state={state} />
    </>
  )
}

function cutOrHeal(state: State, a: Member, b: Member): void {
  const { members } = state.header
  const links = [
    [a, b],
    [b, a],
  ] as const
  const isCut = links.some(([from, to]) => state.links[members.indexOf(from)]![members.indexOf(to)]!.isCut)
  doDeed(isCut ? { do: 'heal', links } : { do: 'cut', links, forMs: forMs.value })
}

/** One replica apart from all others. */
function Apart({ state: { header } }: { state: State }): JSX.Element {
  return (
    <p class="filters">
      Partition off:
      {header.members.map(member => (
        <button
          key={member}
          type="button"
          onClick={() =>
            doDeed({
              do: 'cut',
              links: header.members
                .filter(each => each !== member)
                .flatMap(each => [[member, each] as const, [each, member] as const]),
              forMs: forMs.value,
            })
          }
        >
          <Replica header={header} member={member} />
        </button>
      ))}
    </p>
  )
}
