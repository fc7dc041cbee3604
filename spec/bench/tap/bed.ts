import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../../../examples/bench/cluster.ts'
import { startEpaxos } from '../../../examples/bench/epaxos-cluster.ts'
import type { LoadPlan } from '../../../examples/bench/load-plan.ts'
import { LoadProcess } from '../../../examples/bench/load-process.ts'
import { type Figures, figuresOf } from '../../../examples/bench/results.ts'
import type { Options } from './options.ts'

/** A cluster of real processes, and what loads it. */
export interface Bed {
  readonly cluster: Cluster
  /** Where its replicas listen. */
  readonly endpoints: readonly string[]
  run(plan: LoadPlan): Promise<Figures>
}

/** Small values on a thousand keys, `inFlight` at once. */
export const planOf = ({ seconds, inFlight }: Options): LoadPlan => ({
  pace: { kind: 'closed', inFlight, pipelined: true },
  keys: { kind: 'uniform', keys: 1_000 },
  conflictShare: 0,
  readShare: 0,
  valueBytes: 16,
  warmUpMs: 1_000,
  measureMs: seconds * 1_000,
  seed: 1,
})

/** Beds in a directory of their own, until all is over. */
export class Beds {
  readonly #replicas: number
  readonly #directory = mkdtempSync(join(tmpdir(), 'epaxos-tap-'))
  readonly #closing: (() => Promise<void>)[] = []
  readonly #signal: AbortSignal

  /** @param signal ends what is measured: its reason is thrown */
  constructor({ replicas }: Options, signal: AbortSignal) {
    this.#replicas = replicas
    this.#signal = signal
  }

  async start(name: string, serveFlags: readonly string[] = []): Promise<Bed> {
    const cluster = await startEpaxos({
      replicas: this.#replicas,
      directory: join(this.#directory, name),
      config: undefined,
      sessions: true,
      cpuProf: undefined,
      serveFlags,
      note: line => process.stderr.write(`${line}\n`),
      failed: error => {
        throw error
      },
    })
    this.#closing.push(() => cluster.stop())
    const { address } = cluster
    if (address.kind !== 'epaxos') throw new Error('a cluster of epaxos was expected')
    const load = new LoadProcess()
    this.#closing.push(() => load.stop())
    return {
      cluster,
      endpoints: address.endpoints,
      run: async plan => {
        this.#signal.throwIfAborted()
        return figuresOf(await load.run({ plan, address, connections: 'shared', servers: cluster.pids }, this.#signal))
      },
    }
  }

  async dispose(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
