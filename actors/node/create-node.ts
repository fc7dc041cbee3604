import type { EpaxosError } from '../../machines/protocol/errors.ts'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import type { Codec } from '../../net/codec.ts'
import { createWsClientListener } from '../../net/ws/client-listener.ts'
import { createWsServer, type WsServer } from '../../net/ws/server.ts'
import { createWsTransport } from '../../net/ws/transport.ts'
import { createSqliteStore } from '../../storage/sqlite/store.ts'
import type { Store } from '../../storage/store.ts'
import { guardedLog } from '../replica/guarded-options.ts'
import type { ReplicaOptions } from '../replica/options.ts'
import type { Replica } from '../replica/replica.ts'
import { boundsToRead, limitsOf } from '../shared/check-limits.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Limits } from '../shared/limits.ts'
import type { Backup } from '../state/backup-file.ts'
import { beginWithBackup } from '../state/begin-with-backup.ts'
import { createReplica } from './create-replica.ts'
import { defaultCluster, replicaDefaults } from './defaults.ts'
import { endpointsOf, type MemberEndpoints } from './endpoints.ts'
import { type ListeningOptions, listeningOf } from './listening.ts'
import { LoopWatch } from './loop-watch.ts'
import { newOwner } from './make-store.ts'
import { measureRuntime } from './measure-runtime.ts'
import type { Door, Node } from './node.ts'
import { Opened } from './opened.ts'

export interface NodeOptions<C, R>
  extends Pick<ReplicaOptions<C, R>, 'id' | 'stateMachine' | 'tap' | 'wallClock'>,
    ListeningOptions {
  /** All members, this one among them, with their endpoints. */
  readonly members: MemberEndpoints
  /** Directory of this node's own data. */
  readonly data: string
  /** The cluster's name; a node of another cluster is refused. Default: `epaxos`. */
  readonly cluster?: string | undefined
  /**
   * Creates a new store, empty or from a backup that all nodes of the new cluster are given alike. Only for a brand-new
   * node: an existing store is refused with it, an empty directory without it.
   */
  readonly bootstrap?: boolean | { readonly restore: Backup } | undefined
  /** Changes to the standard limits. */
  readonly limits?: Partial<Limits> | undefined
  /**
   * Descriptor of a socket that listens already, inherited from a parent that holds the port until this node takes it
   * over (not on Windows). Left out: the node listens by itself.
   */
  readonly listenFd?: number | undefined
  /** Stands before the node's store, and may make it slow or fail: for specs and measurements. */
  readonly storeOf?: ((store: Store) => Store) | undefined
  /** Doors for other connections beside peers and clients, such as a debugger's. */
  readonly doors?: readonly Door<C, R>[] | undefined
  /**
   * Called when the replica votes, before its state stands: a node whose state is large may be stopped meanwhile, and
   * `createNode` rejects then.
   */
  readonly votes?: ((node: Node<C, R>) => void) | undefined
  /**
   * Called with each event for the operator (`textOf` makes a line of it), except the reason of a stop: `failed` is
   * called with it. Left out: errors are lines on standard error.
   */
  readonly log?: ((event: ReplicaEvent) => void) | undefined
  /**
   * Called when the node has stopped by itself: its store failed, or an invariant is broken. Left out: the error is
   * thrown uncaught, and ends the process.
   */
  readonly failed?: ((error: Error) => void) | undefined
}

/**
 * Runs one replica of `stateMachine` in this process: one port, one directory with SQLite, WebSockets to the others and
 * to clients. A program of your own calls it once; it resolves when the replica votes and its state stands. A failed call
 * leaves nothing open.
 * @throws EpaxosError of the options (`badEndpoint`, `secretMissing`), the port (`portInUse`, `cannotListen`) or the store
 * (`storeEmpty`, ...)
 * @throws RangeError when the members are not 1 to 9 distinct positive whole numbers, or `id` is not one of them
 */
export async function createNode<C, R>(options: NodeOptions<C, R>): Promise<Node<C, R>> {
  const { id, cluster = defaultCluster, failed = throwUncaught } = options
  // Sockets tell it of their events as well, where an error of it would end the process.
  const log = guardedLog(options.log ?? replicaDefaults.log)
  const { storeOf = (store: Store) => store } = options
  const members = endpointsOf(options.members, id)
  const ids = [...members.keys()]
  const limits = limitsOf(options.limits, { members: ids.length, ...options.stateMachine.largest })
  const codec = createCodec(boundsToRead)
  const { clock, random } = replicaDefaults
  const server = createWsServer({
    ...listeningOf(members.get(id)!, options),
    fd: options.listenFd,
    clock,
    limits,
    log,
  })
  const listener = createWsClientListener({ server, codec, clock, limits, log })
  const opened = new Opened()
  try {
    // The port comes first, so that no data is touched when it is taken.
    await listen(server)
    opened.add(() => closeServer(server))
    const runtime = measureRuntime()
    opened.add(() => runtime.stop())
    const { bootstrap: begin } = options
    const bootstrap = begin
      ? { ...newOwner({ id, members: ids, cluster }), ...snapshotOf(begin, codec, ids) }
      : undefined
    const replica = createReplica<C, R>({
      id,
      members: ids,
      stateMachine: options.stateMachine,
      transport: createWsTransport({
        server,
        members,
        codec,
        clock,
        random,
        limits,
        largestFrameBytes: boundsToRead.frameBytesMax,
        secret: options.clusterSecret,
        log,
      }),
      store: storeOf(
        createSqliteStore({ directory: options.data, bootstrap, expect: { cluster, member: id, members: ids } }),
      ),
      codec,
      limits,
      // Sockets that are readable in one round of the event loop are read before its immediates run.
      defer: setImmediate,
      runtime: () => runtime.status(),
      // The reason of a stop is told once: by the thrown error, or by `failed`.
      log: event => {
        if (event.code !== 'stopping') log(event)
      },
      ...(options.tap === undefined ? undefined : { tap: options.tap }),
      ...(options.wallClock === undefined ? undefined : { wallClock: options.wallClock }),
    })
    const loop = new LoopWatch({
      stallMs: limits.stallMs,
      now: () => clock.now(),
      stalled: delay => replica.stalled(delay),
    })
    opened.add(() => loop.stop())
    opened.add(() => replica.stop())
    const ready = replica.start()
    // Its error is thrown below.
    ready.catch(ignored)
    await replica.whenVotes()
    // While its state loads a client learns how far it is, and is sent elsewhere.
    listener.start(client => replica.connected(client))
    opened.add(() => new Promise(resolve => listener.stop(resolve)))
    const doorway = { server, replica, id, members, cluster, limits, log }
    for (const door of options.doors ?? []) opened.add(door(doorway))
    const node = nodeOf(replica, opened)
    options.votes?.(node)
    await ready
    whenFailed(replica, error => {
      // An open port would keep the process alive, and clients waiting at a replica that answers nothing.
      opened.close().catch(ignored)
      failed(error)
    })
    return node
  } catch (error) {
    await opened.close().catch(ignored)
    throw error
  }
}

function nodeOf<C, R>(replica: Replica<C, R>, opened: Opened): Node<C, R> {
  return {
    replica,
    propose: command => replica.propose(command),
    read: command => replica.read(command),
    query: command => replica.query(command),
    status: () => replica.status(),
    async drain() {
      await replica.drain()
      await opened.close()
    },
    async stop() {
      await replica.stop()
      await opened.close()
    },
  }
}

/** The first state in the store of a new cluster, if it is not empty. */
function snapshotOf(begin: true | { readonly restore: Backup }, codec: Codec, { length }: readonly ReplicaId[]) {
  if (begin === true) return undefined
  return beginWithBackup(begin.restore, length, codec)
}

/** Calls `failed` once: now, if the replica failed while doors were opened, or when it does. */
function whenFailed<C, R>({ actor }: Replica<C, R>, failed: (error: Error) => void): void {
  let isTold = false
  const look = ({ value, context }: ReturnType<typeof actor.getSnapshot>): void => {
    if (value !== 'failed' || isTold) return
    isTold = true
    failed(context.error ?? new Error('the replica failed and did not say why'))
  }
  actor.subscribe(look)
  look(actor.getSnapshot())
}

/** The first error is reported. Later errors of closing follow from it, or matter less. */
const ignored = (): void => undefined

function throwUncaught(error: Error): void {
  queueMicrotask(() => {
    throw error
  })
}

const listen = (server: WsServer): Promise<void> =>
  new Promise((resolve, reject) => {
    server.listen((error: EpaxosError | null) => (error === null ? resolve() : reject(error)))
  })

const closeServer = (server: WsServer): Promise<void> => new Promise(resolve => server.close(resolve))
