import type { PageSource } from '../server/page-connection.ts'
import type { FromPage, ToPage } from '../server/protocol.ts'
import type { TraceLog } from '../server/trace-log.ts'
import type { Member, TraceEvent, TraceHeader } from '../trace/format.ts'
import { type Attachment, attach } from './attach.ts'
import type { DoorHeader } from './door.ts'
import { tapLimits } from './limits.ts'
import { Merge } from './merge.ts'

export interface LiveSourceOptions {
  readonly log: TraceLog
  /** Some of the cluster: it tells where the others are. */
  readonly endpoints: readonly string[]
  readonly token?: string | undefined
  /** What comes, as it goes to the log; for a recording. */
  readonly record?: { begin(header: TraceHeader): void; add(events: readonly TraceEvent[]): void } | undefined
  /** A line for whoever runs the program. */
  readonly say?: ((line: string) => void) | undefined
  /** Called once, when each of the endpoints was tried some times in vain: nobody can be looked at. */
  readonly nobody?: ((why: string) => void) | undefined
}

/** Looks at a running cluster: all its replicas, merged into one trace. */
export class LiveSource implements PageSource {
  readonly #options: LiveSourceOptions
  readonly #attachments = new Map<string, Attachment>()
  readonly #isOpen = new Set<Member>()
  /** Endpoints of which none was ever open, how often they were tried, and what came of it. */
  readonly #tried = new Map<string, { readonly times: number; readonly why: string }>()
  readonly #merge = new Merge(events => this.#tell(events))
  #header: TraceHeader | undefined
  #timer: NodeJS.Timeout | undefined
  #isRecordingOver = false

  constructor(options: LiveSourceOptions) {
    this.#options = options
  }

  /** Begins to look, unless it does. */
  begin(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => this.#merge.release(performance.now()), tapLimits.tellDelayMs)
    for (const endpoint of this.#options.endpoints) this.#attach(endpoint)
  }

  /** Looks no more; what was seen stays. */
  end(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const each of this.#attachments.values()) each.close()
    this.#attachments.clear()
    this.#merge.end()
    for (const at of this.#isOpen)
      this.#tell([{ kind: 'gap', ms: this.#nowMs(), at, events: 0, why: 'nobody looked from here on' }])
    this.#isOpen.clear()
  }

  ask(message: Exclude<FromPage, { type: 'ack' }>): string | undefined {
    if (message.type !== 'deep') return 'this cluster is real: only a seeded world can be run'
    for (const each of this.#attachments.values()) each.deep(message.id)
    return undefined
  }

  resume(): void {
    // What a cluster does waits for nobody.
  }

  greeting(): readonly ToPage[] {
    return [{ type: 'source', kind: 'live' }]
  }

  /** Since the trace began. */
  #nowMs(): number {
    return this.#merge.traceMs(performance.now())
  }

  #attach(endpoint: string): void {
    if (this.#attachments.has(endpoint)) return
    let member: Member | undefined
    /** What was said last: the same is not said at each trial. */
    let said: string | undefined
    const attachment = attach(endpoint, {
      token: this.#options.token,
      opened: header => {
        member = header.at
        this.#opened(header)
      },
      events: events => {
        if (member !== undefined) this.#merge.add(member, events, performance.now())
      },
      lost: why => {
        if (member === undefined) {
          if (said !== why) this.#options.say?.(`${endpoint}: ${why}`)
          said = why
          this.#inVain(endpoint, why)
          return
        }
        if (!this.#isOpen.delete(member)) return
        const state = { kind: 'replica', ms: this.#nowMs(), at: member, state: 'gone' } as const
        this.#merge.say(member, state, performance.now())
      },
    })
    this.#attachments.set(endpoint, attachment)
  }

  /** Gives up once all endpoints were tried in vain, and no replica was ever seen. */
  #inVain(endpoint: string, why: string): void {
    const tried = this.#tried.get(endpoint)
    this.#tried.set(endpoint, { times: (tried?.times ?? 0) + 1, why })
    if (this.#header !== undefined || this.#options.nobody === undefined) return
    const all = this.#options.endpoints.map(each => this.#tried.get(each))
    if (!all.every(each => each !== undefined && each.times >= tapLimits.trialsInVain)) return
    const { nobody } = this.#options
    this.end()
    nobody([...this.#tried].map(([each, { why }]) => `${each}: ${why}`).join('; '))
  }

  #opened({ at, endpoints, ...header }: DoorHeader): void {
    if (this.#header === undefined) {
      this.#header = header
      this.#options.log.open(header)
      this.#record(record => record.begin(header))
    }
    // Several names may lead to one replica.
    if (this.#isOpen.has(at)) return
    this.#isOpen.add(at)
    this.#merge.began(at, header.beganMs ?? 0)
    for (const [member, endpoint] of Object.entries(endpoints))
      if (Number(member) !== at && !this.#isOpen.has(Number(member))) this.#attach(endpoint)
  }

  #tell(events: readonly TraceEvent[]): void {
    this.#options.log.append(events)
    this.#record(record => record.add(events))
  }

  /** A recording that cannot be written ends; what is looked at goes on. */
  #record(write: (record: NonNullable<LiveSourceOptions['record']>) => void): void {
    const { record } = this.#options
    if (record === undefined || this.#isRecordingOver) return
    try {
      write(record)
    } catch (error) {
      this.#isRecordingOver = true
      this.#options.say?.(`the recording ends here: ${error instanceof Error ? error.message : error}`)
    }
  }
}
