import { type Actor, createActor, type EventObject } from 'xstate'
import { compiled } from '../../machines/compiled/compiled.ts'
import { type Membership, type Rank, type ReplicaId, rankOf } from '../../machines/protocol/membership.ts'
import { isChildError, type ReplicaState, replicaMachine } from '../../machines/replica/machine.ts'
import type { StoreContents } from '../../storage/store.ts'
import { Life } from '../shared/life.ts'
import { ReplicaError } from '../shared/replica-error.ts'
import { asError, wordsOf } from '../shared/thrown.ts'
import { Waiters } from '../shared/waiters.ts'
import { inSlices } from '../state/in-slices.ts'
import { rebuilding } from '../state/rebuild.ts'
import { bearable } from './bearable.ts'
import { Disowning } from './disowning.ts'
import { guardInspection } from './guarded-inspection.ts'
import type { ReplicaOptions } from './options.ts'
import type { Parts } from './parts.ts'

export interface LifeCyclePorts {
  readonly options: ReplicaOptions<unknown, unknown>
  readonly membership: Membership
  readonly self: Rank
  /** The parts, once they are made. */
  readonly parts: () => Parts
  turn(run: () => void): void
}

/** The effects of a replica's statechart: it opens the store, votes, drains and ends. */
export class LifeCycle {
  readonly actor: Actor<typeof replicaMachine>
  readonly life = new Life()
  readonly #ports: LifeCyclePorts
  readonly #waiters = new Waiters()
  #contents: StoreContents | undefined
  readonly #disowning: Disowning
  #isStarted = false
  #isHalted = false
  #isDraining = false
  #isClosed = false

  constructor(ports: LifeCyclePorts) {
    this.#ports = ports
    this.#disowning = new Disowning(ports.membership.quorums)
    const { id, clock } = ports.options
    this.actor = createActor(compiled(this.#machine()), { id: `replica ${id}`, clock })
    guardInspection(this.actor, error =>
      ports.options.log?.({ code: 'observerFailed', what: 'an inspector', detail: wordsOf(error) }),
    )
    this.actor.subscribe(snapshot => {
      const state = snapshot.value as ReplicaState
      const { error } = snapshot.context
      this.life.changed(state, snapshot.hasTag('votes'), error)
      ports.options.tap?.stateChanged?.(state, error)
      this.#waiters.look()
    })
  }

  /** Whether the replica has ended: no work has any effect any more. */
  get isHalted(): boolean {
    return this.#isHalted
  }

  /** Opens the store, rebuilds the replica's knowledge, and begins to vote. Called once. */
  start(): Promise<void> {
    const { options, parts } = this.#ports
    if (!this.#isStarted && !this.#isHalted) {
      this.#isStarted = true
      this.actor.start()
      this.#orFail(() => {
        parts().stateMachine.check()
        options.store.whenFailed?.(error => this.#ports.turn(() => this.fail(error)))
        options.store.open((error, contents) => {
          if (error !== null) this.fail(error)
          else if (contents !== undefined) this.#opened(contents)
        })
      })
    }
    return this.#until('voting')
  }

  /** Before the start it stops at once, as `stop` does. */
  drain(): Promise<void> {
    this.actor.start()
    this.#ports.turn(() => this.actor.send({ type: 'drain' }))
    return this.#ended()
  }

  stop(): Promise<void> {
    this.actor.start()
    this.#ports.turn(() => this.actor.send({ type: 'stop' }))
    return this.#ended()
  }

  /** Stops the replica, which cannot go on. */
  fail(error: Error): void {
    this.#ports.parts().outbox.stop()
    // Before the replica votes, `start` rejects with the error.
    if (this.life.votes) this.#ports.options.log?.({ code: 'stopping', error })
    this.actor.send({ type: 'fail', error })
  }

  /** Called at the end of a turn: a drain may be finished by now. */
  turnEnded(): void {
    if (this.#isDraining && !this.#isHalted) this.#drainFurther()
  }

  #machine() {
    return replicaMachine.provide({
      actions: {
        rebuild: () => this.#orFail(() => this.#rebuild()),
        beginVoting: () => this.#orFail(() => this.#beginVoting()),
        route: ({ event }) => {
          if (event.type !== 'frame') return
          const [parts, { limits }] = [this.#ports.parts(), this.#ports.options]
          this.#orFail(() => parts.dispatch.route(event.from, bearable(event.messages, parts, limits)))
        },
        beginDraining: () => this.#orFail(() => this.#beginDraining()),
        halt: ({ event }) => this.#halt(event),
      },
    })
  }

  /** An error that left an action would end the actor, and the replica would go on as if it lived. */
  #orFail(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(asError(error))
    }
  }

  #opened(contents: StoreContents): void {
    const { options, membership, parts, turn } = this.#ports
    const { id, members } = options
    const { owner } = contents
    if (owner.member !== id || owner.members.join() !== membership.members.join()) {
      this.fail(
        new ReplicaError(
          'wrongStore',
          `the store belongs to member ${owner.member} of ${owner.members.join(', ')}; expected member ${id} of ${members.join(', ')}`,
        ),
      )
      return
    }
    this.#contents = contents
    this.life.cluster = owner.cluster
    parts().peerStores.restore(contents.peers)
    turn(() => this.actor.send({ type: 'opened' }))
  }

  /** Reads the state first: records are executed on it. */
  #rebuild(): void {
    const { checkpoint } = this.#contents!
    const { checkpoints } = this.#ports.parts()
    if (checkpoint === undefined) this.#rebuildRecords()
    else checkpoints.load(checkpoint, () => this.#ports.turn(() => this.#rebuildRecords()))
  }

  #rebuildRecords(): void {
    const { codec } = this.#ports.options
    const { ledger, execution, snapshots, components, timers, works } = this.#ports.parts()
    const run = rebuilding(this.#contents!, { codec, ledger, execution, snapshots, components })
    inSlices({ timers, works }, 'load', run, () => this.#ports.turn(() => this.#rebuilt()))
  }

  #rebuilt(): void {
    this.#ports.parts().flushes.allDurable()
    this.actor.send({ type: 'rebuilt' })
  }

  #beginVoting(): void {
    const { components, heartbeat, ownStore } = this.#ports.parts()
    // Nobody is greeted, and so nothing is voted for, before the life of the store is durable (S1).
    ownStore.begin(this.#contents!, () => {
      if (!this.#isHalted) this.#startTransport()
    })
    for (const component of components) component.start?.()
    heartbeat.beat()
  }

  #startTransport(): void {
    const { options, membership, parts, turn } = this.#ports
    const { cluster, storeIdentity } = this.#contents!.owner
    const { transport, id } = options
    const { members, epoch } = membership
    const { ownStore, progress } = parts()
    const { life, token } = ownStore.life
    const { executed, known } = progress
    const ownIndex = known[rankOf(membership, id)]!
    transport.start(
      { cluster, epoch, member: id, members, storeIdentity, life, token, executed, ownIndex },
      {
        frame: (from, messages) => turn(() => parts().frames.take(rankOf(membership, from), messages)),
        receiving: from => parts().links.heard(rankOf(membership, from), options.clock.now()),
        greeted: (greeted, decide) =>
          turn(() => {
            // What came on connections before it is of a store that was let in.
            parts().frames.finish()
            parts().peerStores.greeted(greeted, decide)
          }),
        linkUp: peer =>
          turn(() => {
            this.#disowning.letInBy(peer)
            parts().heartbeat.tellAll()
            parts().peerStores.tell(peer)
          }),
        linkDown: (peer, reason, detail) =>
          turn(() => {
            const { links, suspicion } = parts()
            if (reason === 'refused') suspicion.changed(links.refused(rankOf(membership, peer)))
            if (reason === 'rejected') options.log?.({ code: 'peerRefused', peer, detail })
            if (reason === 'disowned') this.#disowned(peer, detail)
          }),
        failed: error => this.fail(error),
      },
    )
  }

  #disowned(peer: ReplicaId, detail: string): void {
    this.#ports.options.log?.({ code: 'disowned', peer, detail })
    const error = this.#disowning.refusedBy(peer, detail)
    if (error !== undefined) this.fail(error)
  }

  #beginDraining(): void {
    const { connections, timers } = this.#ports.parts()
    const { drainMaxMs } = this.#ports.options.limits
    connections.drain()
    this.#isDraining = true
    timers.set(drainMaxMs, () => this.actor.send({ type: 'drained' }))
  }

  #drainFurther(): void {
    const { proposals, reads, execution, components, outbox, flushes, heartbeat } = this.#ports.parts()
    if (proposals.length > 0 || proposals.inFlight > 0 || execution.owed > 0 || reads.size > 0) return
    this.#isDraining = false
    for (const component of components) component.drained?.()
    outbox.whenDurable(() => {
      heartbeat.tellThatItLeaves()
      this.actor.send({ type: 'drained' })
    })
    flushes.endTurn()
  }

  #halt(event: EventObject): void {
    if (this.#isHalted) return
    this.#isHalted = true
    const { components, connections, execution, proposals, outbox } = this.#ports.parts()
    // The statechart of an instance has thrown: no message of its step may leave.
    if (isChildError(event)) {
      outbox.stop()
      this.#ports.options.log?.({ code: 'stopping', error: asError(event.error) })
    }
    const { transport, store } = this.#ports.options
    this.#each([
      // These commands are in no instance any more, and are dropped with all waiting ones.
      () => proposals.resubmit(execution.takeResubmitted()),
      ...components.map(component => () => component.stop?.()),
      // Known answers leave before a connection ends for an unknown one.
      () => connections.endTurn(),
      ...execution.abandon().map(proposal => () => proposal.abandoned()),
      () => connections.close('this replica has stopped'),
    ])
    transport.stop(() => store.close(() => this.#closed()))
  }

  /** Takes each step of the end, whichever fails: every caller is told, and the store is closed. */
  #each(steps: readonly (() => void)[]): void {
    for (const step of steps) {
      try {
        step()
      } catch (error) {
        this.#ports.options.log?.({ code: 'stopping', error: asError(error) })
      }
    }
  }

  #closed(): void {
    this.#isClosed = true
    this.#waiters.look()
  }

  #until(wanted: ReplicaState): Promise<void> {
    const { life } = this
    return new Promise((resolve, reject) => {
      this.#waiters.add(
        () => life.state === wanted || this.#isClosed,
        () => {
          if (life.state === wanted) resolve()
          else reject(life.error ?? new ReplicaError('notReady', `the replica is ${life.state}`))
        },
      )
    })
  }

  #ended(): Promise<void> {
    return new Promise(resolve => this.#waiters.add(() => this.#isClosed, resolve))
  }
}
