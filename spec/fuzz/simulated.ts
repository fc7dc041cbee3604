import { CodecError } from '../../net/codec.ts'
import { calmCluster, runUntil } from '../sim/waits/calm-cluster.ts'
import { WaitingClient } from '../sim/waits/waiting-client.ts'
import { Process } from '../sim/world/process.ts'
import { createDraw } from '../sim/world/random.ts'
import { percentile } from '../support/percentile.ts'
import { PeerAttacks } from './doors/peer.ts'
import { Puppet } from './puppet.ts'
import { puppetCodec } from './puppet-codec.ts'

export interface SimulatedTrial {
  readonly seed: number
  /** Of attacks; as long the clients are measured before. */
  readonly seconds: number
  /** Attacks a second. */
  readonly rate: number
  /** Kinds of attacks that are done; left out: all that come through the link. */
  readonly kinds?: readonly string[] | undefined
  /** `hot`: all clients write one key; `own`: each its own. */
  readonly keys?: 'hot' | 'own'
}

/** Waits of honest clients in one phase, ms of simulated time. */
export interface Waits {
  readonly answered: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

export interface SimulatedReport {
  readonly before: Waits
  readonly during: Waits
  /** After the last attack. */
  readonly after: Waits
  readonly kinds: Readonly<Record<string, number>>
}

const clientsPerSite = 2
const bootMs = 2_000
const afterMs = 2_000

/**
 * The door of peers of a simulated cluster under attack: what honest clients feel is measured on simulated time, where
 * no machine is too slow. Who fails ends the program.
 */
export function simulatedTrial({ seed, seconds, rate, kinds: only, keys = 'own' }: SimulatedTrial): SimulatedReport {
  const { setting, cluster } = calmCluster({ n: 3, isReserved: true, seed: `simulated fuzz ${seed}` })
  const { events } = setting
  const sites = cluster.sites.slice(0, 2)
  for (const site of sites) cluster.boot(site)
  const puppet = new Puppet({
    cluster: 'world',
    member: 3,
    members: new Map(cluster.sites.map(({ member }) => [member, ''] as const)),
  })
  const process = new Process(events, 1, 0)
  const transport = cluster.network.transport(puppet.member, process)
  puppet.start({
    transport,
    clock: process.clock,
    send(to, frame) {
      try {
        transport.send(to, puppetCodec.decodeMessages(frame))
      } catch (error) {
        if (!(error instanceof CodecError)) throw error
        // Where there are sockets, the link ends for this, and is dialled again.
        cluster.network.breakLink(to, puppet.member)
        cluster.network.breakLink(puppet.member, to)
      }
    },
    close: done => transport.stop(done),
  })
  runUntil(setting, bootMs)
  if (!puppet.peers.every(peer => puppet.isUp(peer))) throw new Error('the member that lies was not let in')
  const clients = sites.flatMap(site =>
    Array.from({ length: clientsPerSite }, (_, at) => new WaitingClient(setting, site, at, keys)),
  )
  const fare = (sinceMs: number): Waits => {
    const waits = clients.flatMap(client => client.waitsSince(sinceMs))
    const at = (share: number) => Math.round(percentile(waits, share) * 10) / 10
    return { answered: waits.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  }
  const ms = seconds * 1_000
  runUntil(setting, bootMs + ms)
  const before = fare(bootMs)
  const door = new PeerAttacks(puppet).door(['127.0.0.1:1', '127.0.0.1:2'])
  const kinds: Record<string, number> = {}
  let drawn = 0
  for (let no = 0; no < seconds * rate; no++) {
    runUntil(setting, bootMs + ms + (no * 1_000) / rate)
    for (;;) {
      const attack = door.attack(createDraw(`fuzz ${seed} ${drawn++}`))
      if (attack.via !== 'link' || !(only?.includes(attack.kind) ?? true)) continue
      kinds[attack.kind] = (kinds[attack.kind] ?? 0) + 1
      for (const frame of attack.frames) puppet.send(puppet.peers[attack.to]!, frame)
      break
    }
  }
  runUntil(setting, bootMs + 2 * ms)
  const during = fare(bootMs + ms)
  runUntil(setting, bootMs + 2 * ms + afterMs)
  return { before, during, after: fare(bootMs + 2 * ms), kinds }
}
