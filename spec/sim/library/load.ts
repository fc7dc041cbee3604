import { type Client, createClient } from '../../../actors/client/client.ts'
import { ClientError } from '../../../actors/client/errors.ts'
import { Violation } from '../violation.ts'
import type { Operation } from '../workload/workload.ts'
import type { Cluster } from '../world/cluster.ts'
import { Process } from '../world/process.ts'
import type { Draw } from '../world/random.ts'
import type { Setting } from '../world/setting.ts'
import type { Site } from '../world/site.ts'
import type { WorldLoad } from '../world/world-load.ts'
import { endpointOf, SimulatedConnector } from './connector.ts'

/** A call that began after healing must be answered. */
const patienceMs = 60_000
const idleFactor = 20

/** Programs that use the library's client: each call is sent again elsewhere, or not, as the library decides. */
export class LibraryLoad implements WorldLoad {
  readonly history: Operation[] = []
  /** Calls that the library says were not executed and never will be. */
  readonly refused: string[] = []
  readonly #setting: Setting
  readonly #cluster: Cluster
  readonly #draw: Draw
  readonly #connector: SimulatedConnector
  readonly #process: Process
  #open = 0
  #count = 0
  #isHealed = false

  constructor(setting: Setting, cluster: Cluster) {
    this.#setting = setting
    this.#cluster = cluster
    this.#draw = setting.draw.fork('library')
    const links = { breaks: this.#draw.pick([0, 0.005, 0.02]), fallsSilent: this.#draw.pick([0, 0.002]) }
    this.#connector = new SimulatedConnector(setting, cluster, this.#draw.fork('links'), links)
    this.#process = new Process(setting.events, 1, 0)
  }

  get open(): number {
    return this.#open
  }

  begin(): void {
    for (let at = 0; at < this.#setting.plan.clients; at++) this.#beginProgram(`l${at}`)
  }

  heal(): void {
    this.#isHealed = true
    this.#connector.heal()
  }

  demand(site: Site, commands: number): void {
    const client = this.#clientOf([site], this.#draw.fork(`late ${site.member}`))
    const next = (left: number): void => {
      if (left === 0) client.close()
      else this.#call(client, `late${site.member}`, this.#draw, patienceMs, () => next(left - 1))
    }
    next(commands)
  }

  #clientOf(sites: readonly Site[], draw: Draw): Client {
    return createClient({
      endpoints: sites.map(({ member }) => endpointOf(member)),
      connector: this.#connector,
      clock: this.#process.clock,
      random: draw.next,
      codec: this.#setting.codec,
    })
  }

  /** Calls in bursts, each answered or given up before the next burst. */
  #beginProgram(name: string): void {
    const { plan, events, counts } = this.#setting
    const draw = this.#draw.fork(name)
    const client = this.#clientOf(draw.shuffle(this.#cluster.sites), draw.fork('client'))
    const thinkMs = () => draw.exponential(plan.thinkMs) * (counts.commands < plan.commands ? 1 : idleFactor)
    let lives = 0
    const next = (): void => {
      if (this.#isHealed) {
        client.close()
        return
      }
      let left = plan.burst
      for (let at = 0; at < plan.burst; at++)
        this.#call(client, `${name}${'abcdefghijklmnop'[at]}.${lives}`, draw, undefined, isOk => {
          // The checker knows a client with one operation at a time: what is not known goes on for it.
          if (!isOk) lives++
          if (--left === 0) events.after(thinkMs(), next)
        })
    }
    events.after(draw.exponential(plan.thinkMs), next)
  }

  #call(client: Client, alias: string, draw: Draw, timeoutMs: number | undefined, done: (isOk: boolean) => void): void {
    const { workload, plan, events, counts } = this.#setting
    const name = `${alias.split('.')[0]}.${++this.#count}`
    const command = workload.nextCommand(draw, plan, name)
    const startMs = events.nowMs
    this.#open++
    const over = (endMs: number | undefined, result?: unknown): void => {
      this.#open--
      counts.commands++
      if (endMs === undefined) counts.unknown++
      else counts.answered++
      this.history.push({ name, client: alias, command, startMs, endMs, result })
      done(endMs !== undefined)
    }
    client.ask([name, command], timeoutMs === undefined ? undefined : { timeoutMs }).then(
      result => over(events.nowMs, result),
      (error: unknown) => {
        if (timeoutMs !== undefined)
          this.#setting.check(() => {
            throw new Violation('liveness', `${name} at a healed replica: ${error}`, [name])
          })
        if (error instanceof ClientError && error.code !== 'unknown') {
          this.#open--
          this.refused.push(name)
          done(false)
        } else over(undefined)
      },
    )
  }
}
