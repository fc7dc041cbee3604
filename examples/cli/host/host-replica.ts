import { Replica } from '../../../actors/replica/replica.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import type { Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import { SwitchableTap } from '../../../actors/shared/switchable-tap.ts'
import type { Backup } from '../../../actors/state/backup-file.ts'
import { snapshotToBeginWith } from '../../../actors/state/snapshots.ts'
import type { EpaxosError } from '../../../machines/protocol/errors.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { systemClock, systemWallClock } from '../../../net/system-clock.ts'
import { systemRandom } from '../../../net/system-random.ts'
import { createWsClientListener } from '../../../net/ws/client-listener.ts'
import { createWsServer, type WsServer } from '../../../net/ws/server.ts'
import { createWsTransport } from '../../../net/ws/transport.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { openTapDoor } from '../../debugger/live/door.ts'
import type { ShowPayload } from '../../debugger/trace/encode.ts'
import { measureRuntime } from './measure-runtime.ts'

export interface HostOptions<C, R> {
  readonly id: number
  /** All members and where each listens: `ws://127.0.0.1:7101`. */
  readonly members: ReadonlyMap<number, string>
  /** Directory of this replica's own data. */
  readonly data: string
  readonly cluster: string
  /** Begin a new store; refused where there is one, as is an empty directory without it. */
  readonly bootstrap: boolean
  /** With `bootstrap`: what the replicas of a new cluster begin with, all of them alike. */
  readonly restore?: Backup | undefined
  readonly stateMachine: StateMachine<C, R>
  readonly limits: Limits
  /** Nobody may look at it; otherwise debuggers on this machine may. */
  readonly noTap?: boolean
  /** Lets debuggers look at it from other machines, too. */
  readonly tapToken?: string | undefined
  /** What payloads say, where debuggers may be shown values. */
  readonly showValues?: ShowPayload | undefined
  /** Told what whoever runs the replica should know, but not why it stops: `failed` is. */
  readonly log: (event: ReplicaEvent) => void
  /** The replica stopped by itself: its store failed, or a rule does not hold. */
  readonly failed: (error: Error) => void
}

/** A replica that votes, and its doors. */
export interface HostedReplica<C, R> {
  readonly replica: Replica<C, R>
  /** Takes nothing new, finishes what is in flight, and closes everything. */
  drain(): Promise<void>
}

/**
 * Runs one replica in this process, on one port and one directory; resolves when it is ready to vote.
 * @throws EpaxosError of the server (`portInUse`, `cannotListen`), the store (`storeEmpty`, ...) or the replica
 */
export async function hostReplica<C, R>(options: HostOptions<C, R>): Promise<HostedReplica<C, R>> {
  const { id, members, cluster, stateMachine, limits, log } = options
  const { host, port } = addressOf(members.get(id)!)
  const clock = systemClock
  const random = systemRandom
  const codec = createCodec(limits)
  const server = createWsServer({ host, port, clock, limits, log })
  // The port first: where it is taken, no data is touched.
  await listen(server)
  const ids = [...members.keys()]
  const { restore } = options
  const snapshot = restore && codec.encodeData(snapshotToBeginWith(restore.state, restore.commands, ids.length))
  const store = createSqliteStore({
    directory: options.data,
    bootstrap: options.bootstrap ? { cluster, member: id, members: ids, epoch: 1, snapshot } : undefined,
    expect: { cluster, member: id, members: ids },
  })
  const transport = createWsTransport({ server, members, codec, clock, random, limits, log })
  const listener = createWsClientListener({ server, codec, clock, limits, log })
  const tap = new SwitchableTap()
  const runtime = measureRuntime()
  const replica = new Replica<C, R>({
    ...(options.noTap === true ? undefined : { tap: tap.tap }),
    id,
    members: ids,
    stateMachine,
    transport,
    store,
    codec,
    clock,
    wallClock: systemWallClock,
    random,
    limits,
    runtime: () => runtime.status(),
    // Why it stops is told once: by what is thrown, or by `failed`.
    log: event => {
      if (event.code !== 'stopping') log(event)
    },
  })
  try {
    await replica.start()
  } catch (error) {
    runtime.stop()
    await closeServer(server)
    throw error
  }
  listener.start(client => replica.connected(client))
  const openDoor = () =>
    openTapDoor({
      server,
      tap,
      replica,
      id,
      members,
      cluster,
      limits,
      token: options.tapToken,
      show: options.showValues,
      log,
    })
  const closeTapDoor = options.noTap === true ? undefined : openDoor()
  const closeDoors = async (): Promise<void> => {
    closeTapDoor?.()
    await new Promise<void>(resolve => listener.stop(resolve))
    await closeServer(server)
    runtime.stop()
  }
  replica.actor.subscribe(({ value, context }) => {
    if (value !== 'failed') return
    options.failed(context.error ?? new Error('the replica failed and did not say why'))
    // A port that is open would keep the process, and clients waiting at a replica that answers nothing.
    void closeDoors()
  })
  return {
    replica,
    async drain() {
      await replica.drain()
      await closeDoors()
    },
  }
}

/** Where to listen, of `ws://HOST:PORT`. IPv6 addresses stand in brackets there. */
function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(endpoint)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) }
}

const listen = (server: WsServer): Promise<void> =>
  new Promise((resolve, reject) => {
    server.listen((error: EpaxosError | null) => (error === null ? resolve() : reject(error)))
  })

const closeServer = (server: WsServer): Promise<void> => new Promise(resolve => server.close(resolve))
