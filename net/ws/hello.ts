import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { type Bounds, bytes, list, optional, struct, type TypeOf, text, uint } from '../../machines/protocol/shape.ts'
import type { StoreClaim } from '../../machines/protocol/store-lives.ts'
import { protocolVersion } from '../../machines/protocol/version.ts'
import { compile } from '../codec/compile.ts'
import { extentOf } from '../codec/extent.ts'
import { pack, unpack } from '../codec/pack.ts'
import { attempt, CodecError } from '../codec.ts'
import type { Greeting } from '../transport.ts'
import { versionRefusal } from './version-refusal.ts'

const magic = 'epaxos'

/** The part of a hello that no version changes, so that versions can tell each other apart. */
const head = struct({ magic: text('textBytesMax'), major: uint, minor: uint })

/** The first frame on a link, in each direction: the sender, and the member that it wants to reach. */
const hello = struct({
  magic: text('textBytesMax'),
  major: uint,
  minor: uint,
  cluster: text('textBytesMax'),
  epoch: uint,
  member: uint,
  members: list(uint, 'membersMax'),
  storeIdentity: text('textBytesMax'),
  to: uint,
  life: optional(uint),
  token: optional(text('keyBytesMax')),
  executed: optional(list(uint, 'membersMax')),
  ownIndex: optional(uint),
  /** The sender knows the secret of the cluster, and asks for a proof over this number. */
  nonce: optional(bytes('keyBytesMax')),
})
export type Hello = TypeOf<typeof hello>

/** The claim of a hello. A member of an older version claims the identity of its store alone. */
export const claimOf = (
  said: Pick<Hello, 'storeIdentity' | 'life' | 'token' | 'executed' | 'ownIndex'>,
): StoreClaim => ({
  storeIdentity: said.storeIdentity,
  life: said.life ?? 0,
  token: said.token ?? '',
  executed: said.executed ?? [],
  ownIndex: said.ownIndex ?? 0,
})

/** Hellos to bytes and back. */
export interface HelloCodec {
  encode(greeting: Greeting, to: ReplicaId, nonce?: Uint8Array): Uint8Array
  /**
   * Reads a hello, or the reason why it is none, or none for us: a text that is fit to be sent back.
   * @param dialled the member that we wanted to reach
   */
  read(bytes: Uint8Array, greeting: Greeting, dialled?: ReplicaId): Hello | string
}

export function createHelloCodec(bounds: Bounds): HelloCodec {
  const compiledHead = compile(head, 'hello', bounds)
  const compiled = compile(hello, 'hello', bounds)
  const extent = extentOf(hello, bounds)
  const limits = { itemsMax: 2 * extent.items, depthMax: 2 * extent.depth, plainData: false }
  return {
    encode: (greeting, to, nonce) =>
      pack(
        compiled.pack({ magic, major: protocolVersion.major, minor: protocolVersion.minor, ...greeting, to, nonce }),
        'hello',
      ),
    read(bytes, greeting, dialled) {
      const read = attempt(() => {
        const data = unpack(new Uint8Array(bytes), 'hello', limits)
        const about = compiledHead.unpack(data) as TypeOf<typeof head>
        if (about.magic !== magic) return `hello: '${magic}' is expected first`
        const refusal = versionRefusal(about)
        if (refusal !== undefined) return refusal
        const hello = compiled.unpack(data) as Hello
        return refusalOf(hello, greeting, dialled) ?? hello
      })
      return read instanceof CodecError ? read.message : read
    },
  }
}

const sorted = (members: readonly ReplicaId[]): ReplicaId[] => [...members].sort((a, b) => a - b)

/** The reason why a hello is not for us, or undefined when it is. */
function refusalOf(hello: Hello, greeting: Greeting, dialled: ReplicaId | undefined): string | undefined {
  const { member: me, members } = greeting
  if (hello.cluster !== greeting.cluster) return `this is cluster '${greeting.cluster}', not '${hello.cluster}'`
  if (hello.to !== me) return `this is member ${me}, not ${hello.to}`
  if (dialled !== undefined && hello.member !== dialled) return `member ${dialled} was dialled, not ${hello.member}`
  if (hello.member === me) return `member ${me} is me: another process has my id`
  if (!members.includes(hello.member)) return `${hello.member} is no member; the members are ${members.join(', ')}`
  if (hello.epoch !== greeting.epoch) return `this is epoch ${greeting.epoch}, not ${hello.epoch}`
  if (sorted(hello.members).join() !== sorted(members).join())
    return `the members are ${members.join(', ')} here, and ${hello.members.join(', ')} at member ${hello.member}`
  return undefined
}
