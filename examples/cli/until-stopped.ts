import { Socket } from 'node:net'

/** Why a process should end: a signal, the end of standard input, or a failure. */
export type StopCause = { readonly kind: 'asked' } | { readonly kind: 'failed'; readonly error: Error }

export interface StopOptions {
  /** Standard input ends when the parent does, however that ends: watch it. */
  readonly untilStdinEnds: boolean
  /** A terminal that goes away takes no replica along: SIGHUP is let be. Without it SIGHUP is a reason to stop. */
  readonly outlivesTerminal: boolean
}

/** Waits for the first reason to stop. Asked a second time by a signal, the process ends at once. */
export class UntilStopped {
  readonly cause: Promise<StopCause>
  #settle: (cause: StopCause) => void = () => {}
  #signals = 0
  #isAsked = false

  constructor({ untilStdinEnds, outlivesTerminal }: StopOptions) {
    this.cause = new Promise(resolve => {
      this.#settle = resolve
    })
    const asked = (): void => {
      this.#isAsked = true
      this.#settle({ kind: 'asked' })
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        this.#signals += 1
        // A terminal's Ctrl-C may come twice by itself: from the terminal, and from the parent as SIGTERM.
        if (this.#signals > 2) process.exit(130)
        asked()
      })
    }
    process.on('SIGHUP', outlivesTerminal ? () => {} : asked)
    if (!untilStdinEnds) return
    process.stdin.on('end', asked).on('error', asked).resume()
    // Watching it does not keep the process.
    if (process.stdin instanceof Socket) process.stdin.unref()
  }

  /** Whether it was asked to stop. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  fail(error: Error): void {
    this.#settle({ kind: 'failed', error })
  }
}
