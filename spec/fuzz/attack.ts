/** A frame of WebSocket: binary or text. */
export type Frame = Uint8Array | string

/** Through the admitted link of the member that lies: its greeting is true, its frames are not. */
interface ByLink {
  readonly via: 'link'
  readonly frames: readonly Uint8Array[]
}

/** Through a WebSocket. */
interface BySocket {
  readonly via: 'socket'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Attacks of one lane share a connection for as long as it is open; undefined: one of its own. */
  readonly lane: number | undefined
  readonly frames: readonly Frame[]
  /** False: answers pile up unread. */
  readonly reads: boolean
  readonly lingerMs: number
}

/** Through bare TCP: each piece is a write of its own. */
interface ByTcp {
  readonly via: 'tcp'
  readonly pieces: readonly Uint8Array[]
  readonly lingerMs: number
}

/** One thing done to a door. Plain data: it can be written down and done again. */
export type Attack = (ByLink | BySocket | ByTcp) & {
  readonly no: number
  readonly kind: string
  /** The target: its place in the door's list. */
  readonly to: number
}

/** An attack before it has its number. */
export type Unnumbered = Attack extends infer A ? (A extends Attack ? Omit<A, 'no'> : never) : never

/** An attack as a line of JSON; bytes as base64. */
export const lineOfAttack = (attack: Attack): string =>
  `${JSON.stringify(attack, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  )}\n`

/** Reads a line that `lineOfAttack` wrote. */
export const attackIn = (line: string): Attack => {
  const attack = JSON.parse(line, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? new Uint8Array(Buffer.from(value.base64, 'base64'))
      : value,
  ) as Attack
  // JSON has no undefined: an attack without a lane has none when it is read, either.
  return attack.via === 'socket' ? { ...attack, lane: attack.lane ?? undefined } : attack
}
