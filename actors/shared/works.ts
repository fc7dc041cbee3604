import type { StallCause } from './stall-causes.ts'

/** Work of a replica that may hold the event loop, by the name that a stall is told with. */
export type Work = Extract<StallCause, 'snapshot' | 'digest' | 'load' | 'execution' | 'flush' | 'turn'>

/** One piece of work that took long. */
interface Piece {
  readonly work: Work
  readonly fromMs: number
  readonly toMs: number
}

/** Shorter pieces explain no stall. */
const pieceMsMin = 5
/** Pieces that are remembered. A stall is looked at soon after its end. */
const piecesMax = 32

/**
 * The latest long pieces of work of a replica. The parts that do them note them here, so that a delay of the event loop can
 * be told with its cause.
 */
export class Works {
  readonly #now: () => number
  readonly #pieces: Piece[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Runs a piece of work. */
  during<T>(work: Work, run: () => T): T {
    const fromMs = this.#now()
    try {
      return run()
    } finally {
      const toMs = this.#now()
      if (toMs - fromMs >= pieceMsMin) {
        if (this.#pieces.length === piecesMax) this.#pieces.shift()
        this.#pieces.push({ work, fromMs, toMs })
      }
    }
  }

  /**
   * The work that took the largest part of a time, and how much of it, ms. What runs within a turn goes before the turn,
   * if it is most of it.
   */
  mostOf(fromMs: number, toMs: number): { readonly work: Work; readonly ms: number } | undefined {
    const sums = new Map<Work, number>()
    for (const piece of this.#pieces) {
      const ms = Math.min(toMs, piece.toMs) - Math.max(fromMs, piece.fromMs)
      if (ms > 0) sums.set(piece.work, (sums.get(piece.work) ?? 0) + ms)
    }
    const turnMs = sums.get('turn') ?? 0
    sums.delete('turn')
    let most: { readonly work: Work; readonly ms: number } | undefined
    for (const [work, ms] of sums) if (ms > (most?.ms ?? 0)) most = { work, ms }
    if (most !== undefined && most.ms >= turnMs / 2) return most
    return turnMs > 0 ? { work: 'turn', ms: turnMs } : undefined
  }
}
