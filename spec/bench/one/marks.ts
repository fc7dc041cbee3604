import type { Tap } from '../../../index.ts'

/** The moments of one replica that the table is made of. */
export type MarkKind =
  | 'written'
  | 'preAcceptSent'
  | 'preAcceptCame'
  | 'voteSent'
  | 'voteCame'
  | 'flushBegan'
  | 'flushEnded'
  | 'executed'

export interface Mark {
  readonly kind: MarkKind
  /** Index of the first replica's instance; of a flush, none. */
  readonly index: number | undefined
  /** The other replica, of a message. */
  readonly peer: number | undefined
  /** On the clock that all processes of the machine share, us. */
  readonly us: number
}

/** The time on the clock that all processes of the machine share, us. */
export const nowUs = (): number => Number(process.hrtime.bigint()) / 1_000

/** A tap that notes the moments of the instances of rank 0. */
export class Marks {
  #marks: Mark[] = []

  readonly tap: Tap = {
    written: ({ rank, index }, { phase }) => {
      if (rank === 0 && phase === 'preAccepted') this.#note('written', index)
    },
    sent: (to, message) => {
      if (message.type === 'preAccept' && message.id.rank === 0 && to !== 0)
        this.#note('preAcceptSent', message.id.index, to)
      if (message.type === 'preAcceptOk' && message.id.rank === 0) this.#note('voteSent', message.id.index, to)
    },
    received: (from, message) => {
      if (message.type === 'preAccept' && message.id.rank === 0) this.#note('preAcceptCame', message.id.index, from)
      if (message.type === 'preAcceptOk' && message.id.rank === 0) this.#note('voteCame', message.id.index, from)
    },
    flushBegan: () => this.#note('flushBegan'),
    flushEnded: () => this.#note('flushEnded'),
    executed: component => {
      for (const { rank, index } of component) if (rank === 0) this.#note('executed', index)
    },
  }

  take(): readonly Mark[] {
    const marks = this.#marks
    this.#marks = []
    return marks
  }

  #note(kind: MarkKind, index?: number, peer?: number): void {
    this.#marks.push({ kind, index, peer, us: nowUs() })
  }
}
