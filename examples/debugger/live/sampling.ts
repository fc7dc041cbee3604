import type { CommitPath, InstanceId, Message, Rank, Tap } from '../../../index.ts'
import type { Skipped } from '../trace/format.ts'
import { tapLimits } from './limits.ts'

type Hear = (name: keyof Tap, args: readonly unknown[]) => void

/**
 * Which instances are told of: all, or above a rate those alone whose index a stride divides, at every replica the same ones
 * (strides are powers of two). What happens to the others is counted, and the counts are told.
 */
export class Sampling {
  readonly #perSecondMax: number
  readonly #self: Rank
  #stride = 1
  #heard = 0
  #windowFromMs: number | undefined
  #skipped = newSkipped()
  /** Something that is told of was written and no flush has taken it along. */
  #isWritten = false
  #isFlushTold = false

  /** @param perSecondMax events that this replica may tell a second */
  constructor(perSecondMax: number, self: Rank) {
    this.#perSecondMax = perSecondMax
    this.#self = self
  }

  /** Instances are left out now. */
  get isSkipping(): boolean {
    return this.#stride > 1 || this.#skipped.events > 0
  }

  /** The tap that hands on what is told of. */
  through(hear: Hear): Tap {
    const about = (id: InstanceId, name: keyof Tap, args: readonly unknown[]): void => {
      if (this.#isTold(id)) hear(name, args)
    }
    const message = (name: keyof Tap, said: Message, args: readonly unknown[]): void => {
      if (!('id' in said)) hear(name, args)
      else about(said.id, name, args)
    }
    return {
      // To itself: told by nobody (tracer.ts).
      sent: (to, said) => {
        if (to !== this.#self) message('sent', said, [to, said])
      },
      received: (from, said) => {
        if (from !== this.#self) message('received', said, [from, said])
      },
      rejected: (...args) => hear('rejected', args),
      stepped: (...args) => about(args[0], 'stepped', args),
      written: (...args) => {
        if (!this.#isTold(args[0])) return
        this.#isWritten = true
        hear('written', args)
      },
      committed: (...args) => {
        if (this.#isTold(args[0])) hear('committed', args)
        else this.#skipped.committed[args[3] satisfies CommitPath]++
      },
      executed: component => {
        if (this.#stride === 1 || component.some(id => id.index % this.#stride === 0)) {
          this.#heard++
          hear('executed', [component])
          return
        }
        this.#skipped.events++
        this.#skipped.executed += component.length
      },
      flushBegan: (...args) => {
        this.#isFlushTold = this.#isWritten || this.#stride === 1
        this.#isWritten = false
        if (this.#isFlushTold) hear('flushBegan', args)
        else this.#skipped.events++
      },
      flushEnded: (...args) => {
        if (this.#isFlushTold || args[0] !== undefined) hear('flushEnded', args)
        else this.#skipped.events++
      },
      resubmitted: (...args) => about(args[0], 'resubmitted', args),
      timerSet: (...args) => about(args[0], 'timerSet', args),
      truncated: (...args) => hear('truncated', args),
      snapshotCame: (...args) => hear('snapshotCame', args),
      gateChanged: (...args) => {
        // Under load it changes with every batch: then only what lasts is told.
        if (this.#stride === 1 || args[0] === 'noQuorum' || args[0] === 'notVoting') hear('gateChanged', args)
        else this.#skipped.events++
      },
      readsChanged: (...args) => {
        if (this.#stride === 1) hear('readsChanged', args)
        else this.#skipped.events++
      },
      stalled: (...args) => hear('stalled', args),
      linkChanged: (...args) => hear('linkChanged', args),
      stateChanged: (...args) => hear('stateChanged', args),
    }
  }

  /** Called now and then: the stride follows the rate. @returns what was left out since the last time, once a window */
  look(nowMs: number): Omit<Skipped, 'kind' | 'ms' | 'at'> | undefined {
    this.#windowFromMs ??= nowMs
    const sinceMs = nowMs - this.#windowFromMs
    if (sinceMs < tapLimits.rateWindowMs) return undefined
    const perSecond = (this.#heard * 1_000) / sinceMs
    const skipped = this.#skipped
    const stride = this.#stride
    this.#windowFromMs = nowMs
    this.#heard = 0
    this.#skipped = newSkipped()
    if (perSecond > this.#perSecondMax && stride < tapLimits.strideMax)
      // As many times too many, as a power of two.
      this.#stride = Math.min(tapLimits.strideMax, stride * 2 ** Math.ceil(Math.log2(perSecond / this.#perSecondMax)))
    else if (perSecond < this.#perSecondMax / 4 && stride > 1) this.#stride = stride / 2
    if (skipped.events === 0 && this.#stride === stride) return undefined
    return { stride: this.#stride, ...skipped }
  }

  #isTold({ index }: InstanceId): boolean {
    if (this.#stride !== 1 && index % this.#stride !== 0) {
      this.#skipped.events++
      return false
    }
    this.#heard++
    return true
  }
}

const newSkipped = () => ({ events: 0, committed: { fast: 0, slow: 0, found: 0, told: 0 }, executed: 0 })
