import type { Socket } from 'node:net'

/**
 * How a link is cut. `hold`: its bytes wait, and arrive after healing, late. `drop`: its bytes are lost without a sign;
 * as no TCP stream has a hole, connections that lost some end on healing. `reset`: connections are reset, and so is
 * every new one. The first two are blackholes: neither side is told anything.
 */
export const cutStyles = ['hold', 'drop', 'reset'] as const
export type CutStyle = (typeof cutStyles)[number]

/** What cuts did to connections since the start: nothing was really cut while all are 0. */
export interface CutCounts {
  /** Streams of bytes, one for each direction of a connection, that had to wait. */
  streamsHeld: number
  bytesDropped: number
  /** Open connections that were reset, and new ones. */
  connectionsReset: number
}

/** The way from one replica to another: the bytes in this direction, on whichever connection, and who dials this way. */
export class LinkPath {
  readonly #counts: CutCounts
  readonly #streams = new Set<PathStream>()
  readonly #dialled = new Set<{ reset(): void }>()
  #cut: CutStyle | undefined

  constructor(counts: CutCounts) {
    this.#counts = counts
  }

  get style(): CutStyle | undefined {
    return this.#cut
  }
  get isBlackhole(): boolean {
    return this.#cut === 'hold' || this.#cut === 'drop'
  }

  /** @throws Error when it is cut already: it would be healed too soon */
  cut(style: CutStyle): void {
    if (this.#cut !== undefined) throw new Error(`the path is cut already (${this.#cut})`)
    this.#cut = style
    if (style === 'reset') for (const connection of this.#dialled) this.#reset(connection)
    else for (const stream of this.#streams) stream.obey()
  }
  heal(): void {
    this.#cut = undefined
    for (const stream of this.#streams) stream.obey()
  }

  /** A connection that was dialled this way. @returns what forgets it */
  dialled(connection: { reset(): void }): () => void {
    this.#dialled.add(connection)
    if (this.#cut === 'reset') this.#reset(connection)
    return () => this.#dialled.delete(connection)
  }

  /** Passes on what `source` sends, for as long as this path lets it. `broke`: bytes are missing, nothing can follow. */
  carry(source: Socket, sink: Socket, broke: () => void): void {
    const stream: PathStream = new PathStream(this, this.#counts, source, sink, {
      broke,
      done: () => this.#streams.delete(stream),
    })
    this.#streams.add(stream)
    stream.obey()
  }

  #reset(connection: { reset(): void }): void {
    this.#counts.connectionsReset++
    connection.reset()
  }
}

/** One direction of one connection. */
class PathStream {
  readonly #path: LinkPath
  readonly #counts: CutCounts
  readonly #source: Socket
  readonly #sink: Socket
  readonly #events: { broke(): void; done(): void }
  #hasLost = false
  #end: 'closed' | 'reset' | undefined
  #isOver = false

  constructor(
    path: LinkPath,
    counts: CutCounts,
    source: Socket,
    sink: Socket,
    events: { broke(): void; done(): void },
  ) {
    this.#path = path
    this.#counts = counts
    this.#source = source
    this.#sink = sink
    this.#events = events
    source.on('data', bytes => this.#pass(bytes))
    sink.on('drain', () => this.obey())
    source.on('close', hadError => {
      this.#end = hadError ? 'reset' : 'closed'
      this.obey()
    })
  }

  /** The path was cut or healed, or there is something new to do. */
  obey(): void {
    if (this.#isOver) return
    const { style, isBlackhole } = this.#path
    if (style === 'hold') {
      if (!this.#source.isPaused()) this.#counts.streamsHeld++
      this.#source.pause()
    } else if (isBlackhole) {
      // An end is lost like any byte: the other side keeps a connection that leads nowhere.
      if (this.#end !== undefined) this.#hasLost = true
      this.#source.resume()
    } else if (this.#hasLost) {
      this.#finish()
      this.#events.broke()
    } else if (this.#end !== undefined) {
      this.#finish()
      if (this.#end === 'reset') this.#sink.resetAndDestroy()
      else this.#sink.end()
    } else if (!this.#sink.writableNeedDrain) this.#source.resume()
  }

  #finish(): void {
    this.#isOver = true
    this.#events.done()
  }

  #pass(bytes: Uint8Array): void {
    if (this.#path.style === 'drop') {
      this.#hasLost = true
      this.#counts.bytesDropped += bytes.length
    } else if (!this.#sink.destroyed && !this.#sink.write(bytes)) this.#source.pause()
  }
}
