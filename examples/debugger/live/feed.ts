import type { Rank, SwitchableTap, Tap } from '../../../index.ts'
import { encodeLine } from '../trace/codec.ts'
import type { Encoder } from '../trace/encode.ts'
import type { Member, TraceEvent } from '../trace/format.ts'
import { tracerTap } from '../trace/tracer.ts'
import { tapLimits } from './limits.ts'
import { Ring } from './ring.ts'
import { Sampling } from './sampling.ts'

/** Whoever hears what a replica does: lines, some events at once. */
export type Subscriber = (lines: string) => void

export interface FeedPorts {
  readonly at: Member
  /** The replica's rank, and how many there are: together they tell no more than one page can show. */
  readonly rank: Rank
  readonly n: number
  readonly tap: SwitchableTap
  /** A new subscriber gets its encoder's masking, not its own: one feed, one way of telling. */
  readonly encoder: Encoder
  /** Ms, as the header's `beganMs` says. */
  nowMs(): number
  /** Where the replica stands now. */
  standing(): TraceEvent
}

/**
 * What a replica does, for those who look. While somebody does: the tap puts what happens in a bounded ring, as it is; a little
 * later, a slice at a time, it is encoded once for all and handed on. With nobody there is no tap.
 */
export class Feed {
  readonly #ports: FeedPorts
  readonly #subscribers = new Set<Subscriber>()
  readonly #ring = new Ring(tapLimits.ringEventsMax)
  #sampling: Sampling
  #detach: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  /** Of what is being told now. */
  #tellingMs = 0
  #lines: string[] = []
  readonly #teller: Required<Tap>

  constructor(ports: FeedPorts) {
    this.#ports = ports
    this.#sampling = this.#newSampling()
    this.#teller = tracerTap({
      at: ports.at,
      encoder: ports.encoder,
      nowMs: () => this.#tellingMs,
      emit: event => this.#lines.push(encodeLine(event)),
    })
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Where the replica stands, and from here on what it does. @returns what ends that */
  subscribe(subscriber: Subscriber): () => void {
    if (this.#subscribers.size === 0) this.#attach()
    // What is in the ring happened before, and is part of how it stands.
    else this.#tellAll()
    this.#subscribers.add(subscriber)
    subscriber(encodeLine(this.#ports.standing()))
    return () => {
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#end()
    }
  }

  /** An event that no tap tells. */
  emit(event: TraceEvent): void {
    this.#tellAll()
    this.#hand(encodeLine(event))
  }

  #attach(): void {
    this.#sampling = this.#newSampling()
    const { nowMs } = this.#ports
    const ring = this.#ring
    const sampling = this.#sampling
    const arm = () => {
      this.#timer ??= setTimeout(() => this.#due(), tapLimits.tellDelayMs)
    }
    this.#detach = this.#ports.tap.attach(
      sampling.through((name, args) => {
        ring.push(name, args, nowMs())
        arm()
      }),
    )
  }

  #newSampling(): Sampling {
    return new Sampling(tapLimits.clusterEventsPerSecondMax / this.#ports.n, this.#ports.rank)
  }

  #end(): void {
    this.#detach?.()
    this.#detach = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#ring.clear()
  }

  #due(): void {
    this.#timer = undefined
    const until = performance.now() + tapLimits.tellSliceMs
    const isAll = this.#tell(() => performance.now() < until)
    this.#look()
    // The rest has its turn after whatever else is due.
    if (!isAll || !this.#ring.isEmpty) this.#timer ??= setTimeout(() => this.#due(), tapLimits.tellDelayMs)
    else if (this.#sampling.isSkipping) this.#timer ??= setTimeout(() => this.#due(), tapLimits.rateWindowMs)
  }

  #tellAll(): void {
    this.#tell(() => true)
  }

  /** @returns whether all is told */
  #tell(mayGoOn: () => boolean): boolean {
    const lost = this.#ring.takeLost()
    if (lost > 0)
      this.#lines.push(
        encodeLine({
          kind: 'gap',
          ms: this.#ring.firstMs ?? this.#ports.nowMs(),
          at: this.#ports.at,
          events: lost,
          why: 'the ring was full',
        }),
      )
    let count = 0
    for (let entry = this.#ring.shift(); entry !== undefined; entry = this.#ring.shift()) {
      this.#tellingMs = entry.ms
      ;(this.#teller[entry.name] as (...args: readonly unknown[]) => void)(...entry.args)
      // The clock is read now and then.
      if (++count % 32 === 0 && !mayGoOn()) break
    }
    // What was lost may have ended, or begun, something.
    if (lost > 0) this.#lines.push(encodeLine(this.#ports.standing()))
    if (this.#lines.length > 0) {
      this.#hand(this.#lines.join(''))
      this.#lines = []
    }
    return this.#ring.isEmpty
  }

  #look(): void {
    const skipped = this.#sampling.look(this.#ports.nowMs())
    if (skipped !== undefined)
      this.#hand(encodeLine({ kind: 'skipped', ms: this.#ports.nowMs(), at: this.#ports.at, ...skipped }))
  }

  #hand(lines: string): void {
    for (const each of this.#subscribers) each(lines)
  }
}
