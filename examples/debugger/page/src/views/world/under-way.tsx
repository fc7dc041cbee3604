import type { JSX } from 'preact'
import type { State } from '../../../../model/state.ts'
import { InstanceLink, Replica } from '../../parts/replica.tsx'
import { doDeed, forMs } from '../../parts/world-orders.ts'

const flyingMax = 6

/** Messages that are under way at the cursor, each to be dropped or delayed. */
export function UnderWay({ state }: { state: State }): JSX.Element {
  const { header } = state
  const all = [...state.flying].filter(([, { type }]) => type !== 'heartbeat').reverse()
  if (all.length === 0)
    return <p class="soft">No message is under way at the cursor (heartbeats aside). Step on, or go back a little.</p>
  return (
    <>
      <table>
        <tbody>
          {all.slice(0, flyingMax).map(([no, { from, to, type, id }]) => (
            <tr key={no}>
              <td>
                <Replica header={header} member={from} /> → <Replica header={header} member={to} />
              </td>
              <td>
                {type} {id !== undefined && <InstanceLink header={header} id={id} />}
              </td>
              <td class="number">
                <button type="button" onClick={() => doDeed({ do: 'drop', no })}>
                  drop
                </button>{' '}
                <button type="button" onClick={() => doDeed({ do: 'delay', no, byMs: forMs.value })}>
                  delay
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > flyingMax && <p class="soft">and {all.length - flyingMax} earlier ones</p>}
    </>
  )
}
