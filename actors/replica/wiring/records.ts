import type { Due } from '../../instances/watch.ts'
import { ClockWatch } from '../../records/clock-watch.ts'
import { ClusterClock } from '../../records/cluster-clock.ts'
import { DiskHealth } from '../../records/disk-health.ts'
import { Distrust } from '../../records/distrust.ts'
import { Donors } from '../../records/donors.ts'
import { FlushDurations } from '../../records/flush-durations.ts'
import { Ledger } from '../../records/ledger.ts'
import { Links } from '../../records/links.ts'
import { Outbox } from '../../records/outbox.ts'
import { OwnStore } from '../../records/own-store.ts'
import { PeerStores } from '../../records/peer-stores.ts'
import { Retirement } from '../../records/retirement.ts'
import { Counters } from '../../shared/counters.ts'
import type { ReplicaEvent } from '../../shared/events.ts'
import { Stalls } from '../../shared/stalls.ts'
import { TimerQueue } from '../../shared/timers.ts'
import type { Doors } from '../doors.ts'

/** Wires records, links to the peers and the outbox. */
export function wireRecords({ options, membership, self, life, works, timed }: Doors) {
  const { id, clock, limits, codec, random, wallClock = () => clock.now() } = options
  const now = () => clock.now()
  const counters = new Counters()
  const ledger = new Ledger(membership)
  const links = new Links(self, membership.quorums, now(), limits.suspicionMs)
  const outbox = new Outbox({ self, n: membership.quorums.n, codec, flushBytesMax: limits.flushBytesMax })
  const durations = new FlushDurations(now)
  const disk = new DiskHealth({ limits, outbox, durations, now })
  // A replica that stood still for more than half the suspicion time suspects no peer for its own silence (section 4).
  const woken = (lateMs: number) => {
    if (lateMs <= limits.suspicionMs / 2) return
    links.restartSuspicion(now())
    disk.stoodStill()
  }
  const timers = new TimerQueue<Due>(clock, timed, woken)
  const clusterClock = new ClusterClock({
    self,
    quorums: membership.quorums,
    suspicionMs: limits.suspicionMs,
    wallClock,
    now,
  })
  const clockWatch = new ClockWatch({ limits, clusterClock, log: event => options.log?.(event) })
  const donors = new Donors(links, ledger, options.limits)
  const log = (event: ReplicaEvent) => options.log?.(event)
  const stalls = new Stalls({ works, tap: options.tap, now, log })
  const ownStore = new OwnStore({ random, outbox })
  const letIn = () => ownStore.letIn()
  const peerStores = new PeerStores({ membership, member: id, outbox, links, letIn, log })
  const distrust = new Distrust({ membership, limits, now, log })
  const retirement = new Retirement()
  return {
    life,
    works,
    stalls,
    counters,
    ledger,
    links,
    clusterClock,
    clockWatch,
    timers,
    donors,
    outbox,
    ownStore,
    peerStores,
    distrust,
    durations,
    disk,
    retirement,
  }
}
export type Records = ReturnType<typeof wireRecords>
