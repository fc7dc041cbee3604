import { type JSX, render } from 'preact'
import { picture } from './draw/canvas.tsx'
import { pageLimits } from './limits.ts'
import { Banners } from './parts/banners.tsx'
import { KeysOverlay, listenToKeys } from './parts/keys.tsx'
import { TimeBar } from './parts/time-bar.tsx'
import { TopBar } from './parts/top-bar.tsx'
import { wantedWorld } from './state/address.ts'
import { picked, type View, view } from './state/choices.ts'
import { connect, connection, say, sourceKind, takeIn, world } from './state/connection.ts'
import { goTo, isPlaying, play } from './state/player.ts'
import { publish, shown } from './state/shown.ts'
import './style.css'
import { ChartView } from './views/chart.tsx'
import { ClusterView } from './views/cluster.tsx'
import { DependenciesView } from './views/dependencies.tsx'
import { InstanceView } from './views/instance.tsx'
import { SpaceTimeView } from './views/space-time.tsx'
import { WorldView } from './views/world.tsx'

const shownAs: Readonly<Record<View, () => JSX.Element | null>> = {
  chart: ChartView,
  dependencies: DependenciesView,
  spacetime: SpaceTimeView,
  cluster: ClusterView,
  instance: InstanceView,
  world: WorldView,
}

function Page(): JSX.Element {
  const Shown = shownAs[view.value]
  return (
    <>
      <TopBar />
      <Banners />
      <main>{shown.value === undefined ? <Nothing /> : <Shown />}</main>
      <TimeBar />
      <KeysOverlay />
    </>
  )
}

const Nothing = (): JSX.Element => (
  <p class="empty">
    {connection.value === 'lost'
      ? 'The program that serves this page does not answer; it is tried again.'
      : 'Waiting for the first replica to tell what it does.'}
  </p>
)

let lastMs = performance.now()
let drawnMs = 0
let calmMs = 0
function everyFrame(nowMs: number): void {
  takeIn()
  play(Math.min(1_000, nowMs - lastMs))
  lastMs = nowMs
  const frameMs = sourceKind.value === 'live' && !isPlaying.value ? pageLimits.liveFrameMs : 0
  const what = publish(nowMs - drawnMs >= frameMs, nowMs - calmMs >= pageLimits.calmMs)
  if (what !== 'nothing') drawnMs = nowMs
  if (what === 'all') calmMs = nowMs
  requestAnimationFrame(everyFrame)
}

declare global {
  interface Window {
    /** For the browser's console: the trace that is shown, and the cursor. */
    epaxos: object
  }
}
window.epaxos = {
  get timeline() {
    return shown.value
  },
  get picked() {
    return picked.value
  },
  get world() {
    return world.value
  },
  goTo,
  /** What is drawn now, as SVG. */
  picture: () => picture.toSvg?.(),
}

render(<Page />, document.body)
listenToKeys()
connect()
if (wantedWorld !== undefined) {
  const stop = connection.subscribe(state => {
    if (state !== 'open') return
    say({ type: 'world', link: wantedWorld! })
    queueMicrotask(() => stop())
  })
}
requestAnimationFrame(everyFrame)
