import type { JSX } from 'preact'
import type { State } from '../../../model/state.ts'
import { refusal, type WorldState, world } from '../state/connection.ts'
import { shown, stateCalmly } from '../state/shown.ts'
import { Break } from './world/break.tsx'
import { Done } from './world/done.tsx'
import { Happened } from './world/happened.tsx'
import { Orders } from './world/orders.tsx'
import { OtherWorld } from './world/other-world.tsx'
import { UnderWay } from './world/under-way.tsx'

/** A simulated cluster that one runs, stops, and does things to. */
export function WorldView(): JSX.Element | null {
  const state = stateCalmly()
  const steered = world.value
  if (state === undefined) return null
  if (steered === undefined)
    return (
      <div class="main">
        <p class="empty">
          This is {state.header.source === 'live' ? 'a real cluster: it is looked at, and not steered' : 'a recording'}.
          A seeded world, which you run, stop and break by hand, opens with
          <code>npm run -s epaxos -- debug --seed 5</code>
        </p>
      </div>
    )
  return <Steered state={state} steered={steered} />
}

function Steered({ state, steered }: { state: State; steered: WorldState }): JSX.Element {
  const timeline = shown.value!
  return (
    <div class="main scrolls">
      <p class="lead">
        A whole cluster in a simulation: the same seed is the same history, to the byte. Run it, step it, and break it
        by hand; what you do is done at the cursor, and another future follows from there.
      </p>
      <Orders steered={steered} />
      {refusal.value !== undefined && <p class="note alarm">{refusal.value}</p>}
      <div class="cards">
        <section class="card">
          <h3>Click a replica to crash it, a link to cut or heal it</h3>
          <Break state={state} timeline={timeline} />
        </section>
        <section class="card">
          <h3>Under way: drop or delay a message</h3>
          <UnderWay state={state} />
          <h3>What happened last</h3>
          <Happened timeline={timeline} />
        </section>
        <section class="card">
          <h3>What you did</h3>
          <Done header={state.header} steered={steered} />
          <h3>Another world</h3>
          <OtherWorld steered={steered} />
        </section>
      </div>
    </div>
  )
}
