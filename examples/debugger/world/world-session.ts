import { kvWorkload, Violation, World } from '../../../spec/sim/index.ts'
import { serverLimits } from '../server/limits.ts'
import type { PageSource } from '../server/page-connection.ts'
import type { Deed, FromPage, Intervention, ToPage, WorldLink } from '../server/protocol.ts'
import type { TraceLog } from '../server/trace-log.ts'
import { Encoder, type ShowPayload } from '../trace/encode.ts'
import type { TraceEvent } from '../trace/format.ts'
import { worldHeader } from './header.ts'
import { isInteresting } from './interesting.ts'
import { planOfWorld } from './record-world.ts'
import { violationEvent } from './violation-event.ts'
import { type TraceWatcher, traceWatcher } from './watcher.ts'

export interface WorldSessionOptions {
  readonly log: TraceLog
  readonly link: WorldLink
  readonly show: ShowPayload | undefined
  tellAll(message: ToPage): void
}

/** Until when it runs now. */
type Goal =
  | { readonly kind: 'paused' }
  | { readonly kind: 'speed'; readonly speed: number; readonly sinceMs: number; readonly fromMs: number }
  | { readonly kind: 'step'; readonly upTo: number }
  | { readonly kind: 'ms'; readonly upTo: number }
  | { readonly kind: 'interesting' }

/** A seeded world that somebody steers: it runs, stops, and goes another way where something is done to it. */
export class WorldSession implements PageSource {
  readonly #options: WorldSessionOptions
  #link: WorldLink
  #world!: World
  #life!: Generator<void, unknown>
  #watcher!: TraceWatcher
  /** What is under way and will be lost, or comes later: by number. */
  #held = new Map<number, 'lose' | { readonly delayMs: number }>()
  /** After which step how many events had been told; only where there were more. */
  #marks: { readonly step: number; readonly cursor: number }[] = []
  #told = 0
  #lastMs = 0
  /** Events up to here are told already: the world is lived through again. */
  #muteUpTo = 0
  #events: TraceEvent[] = []
  #goal: Goal = { kind: 'paused' }
  #isOver = false
  #met = false
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined

  constructor(options: WorldSessionOptions) {
    this.#options = options
    this.#link = options.link
    this.#open(options.link)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  ask(message: Exclude<FromPage, { type: 'ack' }>): string | undefined {
    switch (message.type) {
      case 'run':
        return this.#go({
          kind: 'speed',
          speed: Math.max(0, message.speed),
          sinceMs: performance.now(),
          fromMs: this.#world.nowMs,
        })
      case 'pause':
        return this.#go({ kind: 'paused' })
      case 'step':
        return this.#go({ kind: 'step', upTo: this.#world.steps + Math.max(1, message.steps) })
      case 'next':
        return this.#go({ kind: 'interesting' })
      case 'until':
        return this.#go({ kind: 'ms', upTo: message.ms })
      case 'intervene':
        return this.#intervene(message.cursor, message.deed)
      case 'deep':
        return 'only the replicas of a running cluster can be looked into'
      case 'world':
        this.#open(message.link)
        return undefined
    }
  }

  resume(): void {
    if (this.#timer === undefined) this.#schedule(0)
  }

  greeting(): readonly ToPage[] {
    return [{ type: 'source', kind: 'world' }, this.#state()]
  }

  close(): void {
    clearTimeout(this.#timer as NodeJS.Timeout)
    clearImmediate(this.#timer as NodeJS.Immediate)
  }

  #open(link: WorldLink): void {
    const plan = planOfWorld(link.which)
    this.#link = link
    this.#marks = []
    this.#muteUpTo = 0
    this.#create()
    this.#goal = { kind: 'paused' }
    this.#options.log.open(worldHeader(link.which, plan, this.#options.show !== undefined))
    // Where something was done to it, one looks from there on.
    const last = link.interventions.at(-1)
    if (last !== undefined) this.#goal = { kind: 'step', upTo: last.step + 1 }
    this.#schedule(0)
  }

  /** The world at its beginning. */
  #create(): void {
    const { which } = this.#link
    const plan = planOfWorld(which)
    const members = Array.from({ length: plan.n }, (_, rank) => rank + 1)
    this.#told = 0
    this.#isOver = false
    this.#held = new Map()
    this.#watcher = traceWatcher(new Encoder(members, this.#options.show), event => this.#emit(event))
    this.#world = new World(`world ${which.seed}`, plan, {
      workload: kvWorkload,
      watcher: this.#watcher,
      arriving: (_, to, message) => {
        if (this.#held.size === 0) return 'pass'
        const no = this.#watcher.numberOf(message, to)
        const fate = no === undefined ? undefined : this.#held.get(no)
        if (fate === undefined) return 'pass'
        // What is lost is lost whenever it comes; what is late passes when it comes again.
        if (fate !== 'lose') this.#held.delete(no!)
        return fate
      },
    })
    this.#life = this.#world.live()
  }

  #emit(event: TraceEvent): void {
    this.#told++
    this.#lastMs = event.ms
    if (this.#told <= this.#muteUpTo) return
    this.#events.push(event)
    this.#met ||= isInteresting(event)
  }

  #go(goal: Goal): string | undefined {
    if (this.#isOver && goal.kind !== 'paused') return 'this world is over'
    this.#goal = goal
    this.#met = false
    this.#options.tellAll(this.#state())
    this.#schedule(0)
    return undefined
  }

  /** Everything up to the step of the event there is lived through again, unheard; then it goes another way. */
  #intervene(cursor: number, deed: Deed): string | undefined {
    const mark = this.#marks.find(each => each.cursor >= cursor)
    if (mark === undefined) return 'there is no such event'
    const before = this.#link.interventions.filter(({ step }) => step <= mark.step)
    this.#link = { ...this.#link, interventions: [...before, { step: mark.step, deed }] }
    this.#marks = this.#marks.filter(({ step }) => step <= mark.step)
    this.#flush()
    this.#create()
    this.#muteUpTo = mark.cursor
    this.#options.log.cut(mark.cursor)
    while (this.#world.steps < mark.step && !this.#isOver) this.#step()
    this.#goal = { kind: 'paused' }
    this.#flush()
    this.#options.tellAll(this.#state())
    return undefined
  }

  #step(): void {
    try {
      if (this.#life.next().done === true) this.#end('the world is over: nothing was violated')
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.#emit(violationEvent(error, this.#options.log.header!, this.#lastMs))
      this.#end(`the world ends with a violation: ${error.property}`)
    }
    const { steps } = this.#world
    if (!this.#isOver) {
      this.#link.interventions.forEach((each, number) => {
        if (each.step === steps) this.#perform(each, number)
      })
    }
    // What was done to it belongs to the step: something else may be done there, too.
    if (this.#told > (this.#marks.at(-1)?.cursor ?? 0)) this.#marks.push({ step: steps, cursor: this.#told })
  }

  #perform({ deed }: Intervention, number: number): void {
    const { deeds } = this.#world
    if (deed.do === 'crash') deeds.crash(deed.member, deed.downMs, number)
    else if (deed.do === 'cut') deeds.cut(deed.links, deed.forMs, number)
    else if (deed.do === 'heal') deeds.heal(deed.links, number)
    else if (deed.do === 'drop') this.#held.set(deed.no, 'lose')
    else this.#held.set(deed.no, { delayMs: deed.byMs })
  }

  #end(why: string): void {
    this.#isOver = true
    this.#emit({ kind: 'end', ms: this.#lastMs, why })
    this.#goal = { kind: 'paused' }
  }

  #schedule(delayMs: number): void {
    this.close()
    this.#timer = delayMs > 0 ? setTimeout(() => this.#run(), delayMs) : setImmediate(() => this.#run())
  }

  /** A slice: others get their turn, and pages the time to take it in. */
  #run(): void {
    this.#timer = undefined
    const until = performance.now() + serverLimits.worldSliceMs
    const { log } = this.#options
    while (!this.#isOver && log.isWanted && this.#mayStep() && performance.now() < until) {
      this.#step()
      if (this.#events.length >= serverLimits.batchEventsMax) this.#flush()
    }
    this.#flush()
    const isDone = this.#isOver || this.#isReached()
    if (isDone && this.#goal.kind !== 'paused') this.#goal = { kind: 'paused' }
    this.#options.tellAll(this.#state())
    if (isDone || this.#goal.kind === 'paused') return
    if (log.isWanted) this.#schedule(this.#mayStep() ? 0 : serverLimits.worldSliceMs)
  }

  #mayStep(): boolean {
    const goal = this.#goal
    if (goal.kind !== 'speed' || goal.speed === 0) return !this.#isReached()
    return this.#world.nowMs < goal.fromMs + (performance.now() - goal.sinceMs) * goal.speed
  }

  #isReached(): boolean {
    const goal = this.#goal
    switch (goal.kind) {
      case 'paused':
        return true
      case 'speed':
        return false
      case 'step':
        return this.#world.steps >= goal.upTo
      case 'ms':
        return this.#world.nowMs >= goal.upTo
      case 'interesting':
        return this.#met
    }
  }

  #flush(): void {
    const events = this.#events
    this.#events = []
    this.#options.log.append(events)
  }

  #state(): ToPage {
    const goal = this.#goal
    return {
      type: 'world',
      nowMs: this.#world.nowMs,
      steps: this.#world.steps,
      isRunning: goal.kind !== 'paused' && !this.#isOver,
      speed: goal.kind === 'speed' ? goal.speed : 0,
      isOver: this.#isOver,
      link: this.#link,
      command: commandOf(this.#link),
    }
  }
}

/** A command that opens the same world, with what was done to it. */
export function commandOf({ which, interventions }: WorldLink): string {
  const { seed, biased, hours } = which
  const plan = `${biased === true ? ' --biased' : ''}${hours === undefined ? '' : ` --hours ${hours}`}`
  const deeds = interventions.length === 0 ? '' : ` --interventions '${JSON.stringify(interventions)}'`
  return `npm run -s epaxos -- debug --seed ${seed}${plan}${deeds}`
}
