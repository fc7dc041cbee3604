import type { Actor } from 'xstate'
import { createMembership, type Membership, type Rank, rankOf } from '../../machines/protocol/membership.ts'
import type { Message } from '../../machines/protocol/messages.ts'
import type { ReplicaState, replicaMachine } from '../../machines/replica/machine.ts'
import type { ClientPeer, ClientPeerEvents } from '../../net/clients.ts'
import { ExecutionShare } from '../execution/execution-share.ts'
import { ReplicaError } from '../shared/replica-error.ts'
import type { LoopDelay } from '../shared/stalls.ts'
import { asError } from '../shared/thrown.ts'
import { Works } from '../shared/works.ts'
import { guarded } from './guarded-options.ts'
import { LifeCycle } from './life-cycle.ts'
import type { ReplicaOptions } from './options.ts'
import { type Parts, wireParts } from './parts.ts'
import { type ReplicaStanding, standingOf } from './standing.ts'
import type { ReplicaProgress, ReplicaStatus } from './status.ts'
import { Turns } from './turns.ts'

/**
 * One replica: the actor that spawns an actor for each instance, and the parts around it. Everything happens in turns.
 * A frame, a timer, a client's requests or the end of a flush come in; statecharts decide; their effects are applied,
 * and their messages and records gathered in the outbox; final instances are executed; then one transaction begins and
 * one frame leaves for each peer.
 */
export class Replica<C = unknown, R = unknown> {
  /** Commands and results are typed by the state machine alone, and unknown here. */
  readonly #options: ReplicaOptions<unknown, unknown>
  readonly #membership: Membership
  readonly #works: Works
  readonly #turns: Turns
  readonly #lifeCycle: LifeCycle
  readonly #parts: Parts

  /**
   * @throws StateMachineError `badStateMachine` when a method of the state machine is missing or async
   */
  constructor(options: ReplicaOptions<C, R>) {
    this.#options = guarded(options as unknown as ReplicaOptions<unknown, unknown>)
    this.#membership = createMembership(options.members)
    const self = rankOf(this.#membership, options.id)
    const turn = (run: () => void) => this.#turns.take(run)
    this.#works = new Works(() => this.#options.clock.now())
    this.#turns = new Turns({
      works: this.#works,
      defer: options.defer,
      finish: () => this.#finish(),
      failed: error => this.#lifeCycle.fail(asError(error)),
      isHalted: () => this.#lifeCycle.isHalted,
    })
    this.#lifeCycle = new LifeCycle({
      options: this.#options,
      membership: this.#membership,
      self,
      parts: () => this.#parts,
      turn,
    })
    this.#parts = wireParts({
      options: this.#options,
      membership: this.#membership,
      self,
      life: this.#lifeCycle.life,
      works: this.#works,
      actor: this.#lifeCycle.actor,
      turn,
      gather: run => this.#turns.gather(run),
      timed: timers =>
        turn(() => {
          for (const due of timers()) this.#parts.stepper.act(due)
        }),
      send: (to, messages) => this.#send(to, messages),
      hasRoom: to => options.transport.hasRoom?.(this.#membership.members[to]!) ?? true,
      failed: error => this.#lifeCycle.fail(error),
    })
  }

  /**
   * Opens the store, rebuilds the replica's knowledge, and begins to vote. Called once; it resolves when clients are
   * served, which is when the state stands.
   */
  start(): Promise<void> {
    return this.#lifeCycle.start()
  }

  /** Resolves when the replica votes: perhaps seconds before its state stands; or when it has ended. */
  whenVotes(): Promise<void> {
    return this.#lifeCycle.whenVotes()
  }

  /**
   * Proposes a command, and returns its result once it is executed here.
   * @throws ReplicaError `applyFailed` when the state machine threw on it, `unknown`; any other code means that it was
   * not, and will not be, proposed
   */
  propose(command: C): Promise<R> {
    const { reception, reads } = this.#parts
    return reception.propose(command, read => reads.take(read)) as Promise<R>
  }

  /**
   * The result of a command that only reads, of the current state: as `propose` gives it, and a promise that it writes
   * nothing.
   * @throws ReplicaError `notReadOnly`, and those of `propose`
   */
  read(command: C): Promise<R> {
    const { reception } = this.#parts
    const found = reception.inspect(this.#options.codec.encodeData(command))
    if (!('code' in found) && found.footprint.writes.length > 0)
      return Promise.reject(new ReplicaError('notReadOnly', 'a read only reads, and this command writes: propose it'))
    return this.propose(command)
  }

  /**
   * The result of a command that only reads, from the state of this replica as it is now, without any message to the
   * others. The state may be older than results acknowledged elsewhere; `propose` reads the current one.
   * @throws ReplicaError `notReady`, `notReadOnly`, `tooLarge`, `malformed`, `applyFailed`
   */
  query(command: C): R {
    const answer = this.#parts.reception.query(this.#options.codec.encodeData(command))
    if ('code' in answer) throw new ReplicaError(answer.code, answer.reason)
    return this.#options.codec.decodeData(answer.answer) as R
  }

  /** The handler of a client's connection, for ClientListener.start. */
  connected(client: ClientPeer): ClientPeerEvents {
    return this.#parts.connections.connected(client)
  }

  /** Takes nothing new, finishes the commands in flight, and stops. */
  drain(): Promise<void> {
    return this.#lifeCycle.drain()
  }

  /** Stops at once. Commands in flight stay with the others, and on disk as far as they were written. */
  stop(): Promise<void> {
    return this.#lifeCycle.stop()
  }

  get state(): ReplicaState {
    return this.#lifeCycle.life.state
  }

  /** The statechart of the replica, for inspection. */
  get actor(): Actor<typeof replicaMachine> {
    return this.#lifeCycle.actor
  }

  /** The progress of this replica: the part of its status that costs nothing. */
  progress(): ReplicaProgress {
    return this.#parts.report.progress()
  }

  /**
   * A hash of the whole state of the state machine as it is now. Equal states have equal hashes. One without tables encodes
   * its state for it.
   * @throws StateMachineError `snapshotFailed`
   * @throws ReplicaError `notReady` while the state is being loaded
   */
  digest(): string {
    return this.#parts.report.digest()
  }

  status(): ReplicaStatus {
    return this.#parts.report.of(this.#parts.connections)
  }

  /** Called by the program that hosts the replica and measures its event loop, with a delay of `stallMs` or more. */
  stalled(delay: LoopDelay): void {
    this.#parts.stalls.noted(delay)
  }

  /**
   * The instances under way here, for an observer that attaches now.
   * @param unfinishedMax instances reported, the oldest first
   */
  standing(unfinishedMax: number): ReplicaStanding {
    return standingOf(this.#parts, unfinishedMax)
  }

  /**
   * Ends a turn: does everything that follows from its work, begins one transaction, and sends one frame to each peer.
   */
  #finish(): void {
    const { execution, proposals, reads, proposer, flushes, life, truncation, flushTimes } = this.#parts
    const { connections, diskWatch, handovers, heartbeat, retirement, timers } = this.#parts
    // First: a disk that fails closes the gate, and one that is back opens it.
    if (life.votes) diskWatch.look()
    const share = new ExecutionShare()
    do {
      proposals.resubmit(this.#works.during('execution', () => execution.run(share)))
      reads.settle()
      connections.serve()
      proposer.proposeAll()
    } while (flushes.settle() && !this.#lifeCycle.isHalted)
    if (life.votes) {
      truncation.sometimes()
      heartbeat.look()
      handovers.look()
    }
    reads.ask()
    // The rest has a turn of its own.
    if (execution.hasMore || reads.hasMore || retirement.hasDue) timers.set(0, () => undefined)
    reads.turnEnded()
    flushes.endTurn()
    flushTimes.turnEnded()
    connections.endTurn()
    this.#lifeCycle.turnEnded()
  }

  #send(to: Rank, messages: readonly Message[]): void {
    const { tap, transport } = this.#options
    if (tap?.sent !== undefined) for (const message of messages) tap.sent(to, message)
    transport.send(this.#membership.members[to]!, messages)
  }
}
