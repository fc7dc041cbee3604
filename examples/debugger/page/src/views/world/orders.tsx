import type { JSX } from 'preact'
import { count, timeInWords } from '../../parts/words.ts'
import { runFor, runOrPause, stepWorld, toNextInteresting, worldSpeed } from '../../parts/world-orders.ts'
import { say, type WorldState } from '../../state/connection.ts'

/** How the world goes on: it runs, or is taken on by some way. */
export function Orders({ steered }: { steered: WorldState }): JSX.Element {
  return (
    <div class="orders">
      <button type="button" class="primary" onClick={runOrPause} disabled={steered.isOver} data-test="run">
        {steered.isRunning ? '❚❚ Pause' : '▶ Run'} <kbd>r</kbd>
      </button>
      <select
        aria-label="Speed"
        value={String(worldSpeed.value)}
        onChange={({ currentTarget }) => {
          worldSpeed.value = Number(currentTarget.value)
          if (steered.isRunning) say({ type: 'run', speed: worldSpeed.value })
        }}
      >
        <option value="0.01">1/100 of real time</option>
        <option value="0.1">1/10 of real time</option>
        <option value="1">real time</option>
        <option value="0">as fast as it goes</option>
      </select>
      <button type="button" onClick={stepWorld} disabled={steered.isOver}>
        Step <kbd>s</kbd>
      </button>
      <button type="button" onClick={() => runFor(100)} disabled={steered.isOver}>
        +100 ms <kbd>x</kbd>
      </button>
      <button type="button" onClick={toNextInteresting} disabled={steered.isOver} data-test="next">
        Next interesting event <kbd>i</kbd>
      </button>
      <span class="soft" data-test="world">
        {timeInWords(steered.nowMs)}, step {count(steered.steps)}
        {steered.isOver && ', the world is over'}
      </span>
    </div>
  )
}
