import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { say, type WorldState } from '../../state/connection.ts'

/** Another seed to open in place of this world. */
export function OtherWorld({ steered }: { steered: WorldState }): JSX.Element {
  const [seed, setSeed] = useState(String(steered.link.which.seed))
  const [isBiased, setBiased] = useState(steered.link.which.biased === true)
  const open = (event: Event) => {
    event.preventDefault()
    const number = Number(seed)
    if (!Number.isSafeInteger(number) || number < 0) return
    say({ type: 'world', link: { which: { seed: number, ...(isBiased ? { biased: true } : {}) }, interventions: [] } })
  }
  return (
    <form class="filters" onSubmit={open}>
      <label>
        seed
        <input
          type="text"
          inputMode="numeric"
          size={6}
          value={seed}
          onInput={({ currentTarget }) => setSeed(currentTarget.value)}
        />
      </label>
      <label title="Few keys, coordinators that die in the middle of preAccept, clogged links">
        <input type="checkbox" checked={isBiased} onChange={({ currentTarget }) => setBiased(currentTarget.checked)} />
        biased to trouble
      </label>
      <button type="submit">Open</button>
    </form>
  )
}
