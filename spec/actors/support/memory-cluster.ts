import { Replica } from '../../../actors/replica/replica.ts'
import type { ReplicaEvent } from '../../../actors/shared/events.ts'
import { defaultLimits, type Limits } from '../../../actors/shared/limits.ts'
import type { StateMachine } from '../../../actors/shared/state-machine.ts'
import type { Tap } from '../../../actors/shared/tap.ts'
import type { Clock } from '../../../machines/protocol/clock.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../../../net/simulated/memory-network.ts'
import type { Transport } from '../../../net/transport.ts'
import type { StoreBootstrap } from '../../../storage/owner.ts'
import { createMemoryDisk } from '../../../storage/simulated/disk.ts'
import { createMemoryStore } from '../../../storage/simulated/memory-store.ts'
import type { Store } from '../../../storage/store.ts'
import { Events } from '../../sim/world/events.ts'
import { Process } from '../../sim/world/process.ts'
import { createDraw } from '../../sim/world/random.ts'

export interface MemoryClusterOptions<C, R> {
  readonly n?: number
  readonly limits?: Partial<Limits>
  readonly stateMachine: (member: number) => StateMachine<C, R>
  /** What stands before a member's store, if anything. */
  readonly storeOf?: (member: number, store: Store) => Store
  /** What stands before a member's transport, if anything. */
  readonly transportOf?: (member: number, transport: Transport) => Transport
  /** What all begin with. */
  readonly snapshot?: Uint8Array
  /** The same, made for each of them. */
  readonly beginWith?: () => Pick<StoreBootstrap, 'snapshot' | 'checkpoint'>
  readonly tap?: (member: number) => Tap
  /** A member's time of day at a simulated time; that time itself, unless given. */
  readonly wallClock?: (member: number, nowMs: number) => number
  /** Runs each event: a timer, a frame that arrives, a flush that ends. A replica has one turn in it. */
  readonly around?: (run: () => void) => void
}

/** Replicas of one cluster on simulated time, in memory. */
export interface MemoryCluster<C, R> {
  readonly replicas: readonly Replica<C, R>[]
  readonly network: MemoryNetwork
  readonly clock: Clock
  /** What the replicas tell whoever runs them, oldest first. */
  readonly told: readonly { readonly member: number; readonly event: ReplicaEvent }[]
  /** Simulated milliseconds since the beginning. */
  readonly nowMs: () => number
  /** A member ends, and begins again on its disk: the replica at its place is another from then on. */
  restart(member: number, after: 'drain' | 'stop'): Promise<void>
  pass(ms: number): Promise<void>
  /** Lets time pass until something is so, at most a minute of it. */
  until(what: string, isMet: () => boolean): Promise<void>
  /** The result of a command proposed at a member. */
  execute(member: number, command: C): Promise<R>
  /** From here on no message passes between a member and the others; or they pass again. */
  cut(member: number): void
  heal(member: number): void
}

/** A cluster whose members vote and hear each other. */
export async function memoryCluster<C, R>(options: MemoryClusterOptions<C, R>): Promise<MemoryCluster<C, R>> {
  const {
    n = 3,
    stateMachine,
    snapshot,
    beginWith = () => ({ snapshot }),
    storeOf = (_, store) => store,
    transportOf = (_, transport) => transport,
    wallClock = (_, nowMs) => nowMs,
  } = options
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const codec = createCodec(limits)
  const events = new Events()
  const clock = within(new Process(events, 1, 0).clock, options.around)
  const network = createMemoryNetwork({ clock, codec })
  const members = Array.from({ length: n }, (_, at) => at + 1)
  const told: { readonly member: number; readonly event: ReplicaEvent }[] = []
  const disks = members.map(() => createMemoryDisk())
  const begin = (id: number, isNew: boolean) => {
    const random = createDraw(`member ${id}`).next
    const bootstrap = isNew ? { cluster: 'memory', member: id, members, epoch: 1, ...beginWith() } : undefined
    const disk = disks[id - 1]!
    return new Replica<C, R>({
      id,
      members,
      clock,
      wallClock: () => wallClock(id, events.nowMs),
      random,
      limits,
      codec,
      ...(options.tap === undefined ? undefined : { tap: options.tap(id) }),
      stateMachine: stateMachine(id),
      transport: transportOf(id, network.transport(id)),
      store: storeOf(id, createMemoryStore({ disk, clock, random, bootstrap, writeDelayMs: 1 })),
      log: event => told.push({ member: id, event }),
    })
  }
  const replicas = members.map(id => begin(id, true))
  const each = (member: number, run: (from: number, to: number) => void) => {
    for (const other of members) {
      if (other === member) continue
      run(member, other)
      run(other, member)
    }
  }
  /** Promises settle between the steps. */
  const step = async (): Promise<void> => {
    for (let steps = 0; steps < 20; steps++) events.step()
    await null
  }
  const cluster: MemoryCluster<C, R> = {
    replicas,
    network,
    clock,
    told,
    nowMs: () => events.nowMs,
    async restart(member, after) {
      let isEnded = false
      void replicas[member - 1]![after]().then(() => {
        isEnded = true
      })
      await cluster.until(`member ${member} has ended`, () => isEnded)
      const replica = begin(member, false)
      replicas[member - 1] = replica
      replica.start().catch(() => undefined)
      await cluster.until(`member ${member} votes`, () => replica.state === 'voting')
    },
    async pass(ms) {
      for (const endMs = events.nowMs + ms; events.nowMs < endMs; ) await step()
    },
    async until(what, isMet) {
      for (const endMs = events.nowMs + 60_000; !isMet(); ) {
        if (events.nowMs > endMs) throw new Error(`${what}: not within a minute`)
        await step()
      }
    },
    async execute(member, command) {
      let result: { readonly value: R } | undefined
      let error: unknown
      replicas[member - 1]!.propose(command).then(
        value => {
          result = { value }
        },
        (found: unknown) => {
          error = found
        },
      )
      await cluster.until(`the result of ${JSON.stringify(command)}`, () => result !== undefined || error !== undefined)
      if (result === undefined) throw error
      return result.value
    },
    cut: member => each(member, (from, to) => network.cut(from, to)),
    heal: member => each(member, (from, to) => network.heal(from, to)),
  }
  for (const replica of replicas) replica.start().catch(() => undefined)
  const isLive = (state: string): boolean => state === 'live'
  await cluster.until('all vote, and hear each other', () =>
    replicas.every(replica => replica.state === 'voting' && Object.values(replica.status().links).every(isLive)),
  )
  return cluster
}

/** A clock whose timeouts run within something else. */
function within(clock: Clock, around: ((run: () => void) => void) | undefined): Clock {
  if (around === undefined) return clock
  return {
    now: () => clock.now(),
    setTimeout: (callback, delayMs) => clock.setTimeout(() => around(callback), delayMs),
    clearTimeout: handle => clock.clearTimeout(handle),
  }
}
