import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../cluster/real-cluster.ts'
import { eventually } from '../../support/eventually.ts'
import { Program } from './program.ts'

/** A small program of examples/, run once as each member of a cluster, in a directory of its own on free ports of loopback. */
export class Programs {
  readonly directory = mkdtempSync(join(tmpdir(), 'epaxos-example-'))
  readonly endpoints: readonly string[]
  readonly #path: string
  readonly #httpPorts: readonly number[]
  readonly #running = new Map<number, Program>()

  private constructor(path: string, ports: readonly number[], httpPorts: readonly number[]) {
    this.#path = path
    this.endpoints = ports.map(port => `ws://127.0.0.1:${port}`)
    this.#httpPorts = httpPorts
  }

  /** @param http it has the flag `--http`, and is there once it answers there */
  static async create(path: string, count: number, { http = true } = {}): Promise<Programs> {
    const ports = await freePorts(http ? 2 * count : count)
    return new Programs(path, ports.slice(0, count), ports.slice(count))
  }

  get ids(): readonly number[] {
    return this.endpoints.map((_, at) => at + 1)
  }

  async start(id: number, ...more: readonly string[]): Promise<void> {
    const port = this.#httpPorts[id - 1]
    const http = port === undefined ? [] : ['--http', String(port)]
    const flags = ['--id', String(id), '--members', this.endpoints.join(), ...http, ...more]
    const program = new Program(this.#path, flags, this.directory)
    this.#running.set(id, program)
    if (port === undefined) return
    await eventually(`${this.#path} ${id} answers`, async () => {
      if (program.hasEnded) throw new Error(`${this.#path} ${id} has ended: ${program.output}`)
      return fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    })
  }

  async startAll(...more: readonly string[]): Promise<void> {
    await Promise.all(this.ids.map(id => this.start(id, ...more)))
  }

  /** A request to one of them: `[status, text]`, without the last end of line. */
  async ask(id: number, path: string, init?: RequestInit): Promise<readonly [status: number, text: string]> {
    const response = await fetch(`http://127.0.0.1:${this.#httpPorts[id - 1]}${path}`, init)
    return [response.status, (await response.text()).trimEnd()]
  }

  end(id: number, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    return this.#running.get(id)!.end(signal)
  }

  endAll(signal: NodeJS.Signals): Promise<readonly (number | NodeJS.Signals | null)[]> {
    return Promise.all([...this.#running.keys()].map(id => this.end(id, signal)))
  }

  async dispose(): Promise<void> {
    await this.endAll('SIGKILL')
    rmSync(this.directory, { recursive: true, force: true })
  }
}
