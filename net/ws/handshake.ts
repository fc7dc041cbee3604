import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { type Bounds, bytes, list, struct, type TypeOf, text, uint } from '../../machines/protocol/shape.ts'
import type { StoreClaim } from '../../machines/protocol/store-lives.ts'
import { compile } from '../codec/compile.ts'
import { extentOf } from '../codec/extent.ts'
import { pack, unpack } from '../codec/pack.ts'
import { attempt, CodecError } from '../codec.ts'
import type { Greeting } from '../transport.ts'
import { claimOf, createHelloCodec, type Hello, type HelloCodec } from './hello.ts'
import { drawNonce, isProof, type ProofSubject, prove } from './proof.ts'

/** The acceptor's answer to a hello with a nonce: a nonce of its own, and its proof over the dialler's. */
const challenge = struct({ nonce: bytes('keyBytesMax'), proof: bytes('keyBytesMax') })

/** The proof of the sender over the other side's nonce, and what it states of its store. */
const vouched = struct({
  proof: bytes('keyBytesMax'),
  storeIdentity: text('textBytesMax'),
  life: uint,
  token: text('keyBytesMax'),
  executed: list(uint, 'membersMax'),
  ownIndex: uint,
})

/** The frames of greetings, compiled once for all of a transport. */
export interface HandshakeFrames {
  readonly hellos: HelloCodec
  readonly challenges: Framed<typeof challenge>
  readonly vouched: Framed<typeof vouched>
}

export const createHandshakeFrames = (bounds: Bounds): HandshakeFrames => ({
  hellos: createHelloCodec(bounds),
  challenges: framed(challenge, 'challenge', bounds),
  vouched: framed(vouched, 'proof', bounds),
})

export interface HandshakeOptions {
  readonly greeting: Greeting
  readonly frames: HandshakeFrames
  /** The secret of the cluster; undefined: nobody is asked for a proof. */
  readonly secret: string | Uint8Array | undefined
}

/** The next step of a greeting after a frame of the other side. */
export type Step =
  | { readonly kind: 'say'; readonly frame: Uint8Array }
  /** The other side is who it says to be, as far as can be told. */
  | { readonly kind: 'met'; readonly peer: ReplicaId; readonly claim: StoreClaim }
  | { readonly kind: 'refuse'; readonly reason: string }

const refuse = (reason: string): Step => ({ kind: 'refuse', reason })
const unproven = (member: ReplicaId): Step =>
  refuse(`member ${member} did not prove that it knows the cluster secret of this one`)

/** One shape as a frame. */
interface Framed<S> {
  encode(value: TypeOf<S>): Uint8Array
  /** @returns undefined when it is no such frame */
  read(frame: Uint8Array): TypeOf<S> | undefined
}

function framed<S extends typeof challenge | typeof vouched>(shape: S, what: string, bounds: Bounds): Framed<S> {
  const compiled = compile(shape, what, bounds)
  const extent = extentOf(shape, bounds)
  const limits = { itemsMax: 2 * extent.items, depthMax: 2 * extent.depth, plainData: false }
  return {
    encode: value => pack(compiled.pack(value), what),
    read(frame) {
      const read = attempt(() => compiled.unpack(unpack(new Uint8Array(frame), what, limits)) as TypeOf<S>)
      return read instanceof CodecError ? undefined : read
    },
  }
}

/** The two sides of a greeting have this in common: the frames, and the proofs over what both know. */
class Handshake {
  protected readonly options: HandshakeOptions
  protected readonly ownNonce = drawNonce()

  constructor(options: HandshakeOptions) {
    this.options = options
  }

  /** A proof of this side. */
  protected proof(step: ProofSubject['step'], to: ReplicaId, nonce: Uint8Array, claim?: StoreClaim): Uint8Array {
    const { cluster, epoch, member: from } = this.options.greeting
    return prove(this.#secret, {
      step,
      cluster,
      epoch,
      from,
      to,
      nonce,
      ownNonce: this.ownNonce,
      stated: stated(claim),
    })
  }

  /** Whether a proof of the other side is the right one. */
  protected proves(
    proof: Uint8Array,
    step: ProofSubject['step'],
    from: ReplicaId,
    theirNonce: Uint8Array,
    claim?: StoreClaim,
  ): boolean {
    const { cluster, epoch, member: to } = this.options.greeting
    const subject = {
      step,
      cluster,
      epoch,
      from,
      to,
      nonce: this.ownNonce,
      ownNonce: theirNonce,
      stated: stated(claim),
    }
    return isProof(proof, this.#secret, subject)
  }

  /** The frame by which this side vouches for its store. */
  protected vouch(step: ProofSubject['step'], to: ReplicaId, nonce: Uint8Array): Uint8Array {
    const claim = claimOf(this.options.greeting)
    return this.options.frames.vouched.encode({ ...claim, proof: this.proof(step, to, nonce, claim) })
  }

  /** The claim of the other side, once it is proven. */
  protected proven(frame: Uint8Array, step: ProofSubject['step'], from: ReplicaId, nonce: Uint8Array): Step {
    const read = this.options.frames.vouched.read(frame)
    if (read === undefined) return unproven(from)
    const claim = claimOf(read)
    return this.proves(read.proof, step, from, nonce, claim) ? { kind: 'met', peer: from, claim } : unproven(from)
  }

  get #secret(): string | Uint8Array {
    return this.options.secret!
  }
}

const stated = (claim: StoreClaim | undefined): ProofSubject['stated'] =>
  claim === undefined ? [] : [claim.storeIdentity, claim.life, claim.token, claim.executed.join(), claim.ownIndex]

/**
 * The acceptor's side of a greeting. Without a secret the dialler's hello is all. With one the dialler proves first that it
 * knows it, over a nonce drawn for this greeting, so that a recorded greeting is worth nothing; then its claim is heard.
 */
export class AcceptorHandshake extends Handshake {
  #hello: Hello | undefined

  /** Takes a frame of the dialler. */
  take(frame: Uint8Array): Step {
    const { frames, greeting, secret } = this.options
    if (this.#hello !== undefined) return this.proven(frame, 'dialler', this.#hello.member, this.#hello.nonce!)
    const hello = frames.hellos.read(frame, greeting)
    if (typeof hello === 'string') return refuse(hello)
    const { member, nonce } = hello
    this.#hello = hello
    if (secret === undefined)
      return nonce === undefined
        ? { kind: 'met', peer: member, claim: claimOf(hello) }
        : refuse(`member ${member} has a cluster secret and this one has none: all members are given the same`)
    if (nonce === undefined) return refuse(`this cluster has a secret, and member ${member} was not given it`)
    const proof = this.proof('challenge', member, nonce)
    return { kind: 'say', frame: frames.challenges.encode({ nonce: this.ownNonce, proof }) }
  }

  /** The last frame of the greeting: the dialler is let in. */
  admit(peer: ReplicaId): Uint8Array {
    const { frames, greeting, secret } = this.options
    return secret === undefined
      ? frames.hellos.encode(greeting, peer)
      : this.vouch('acceptor', peer, this.#hello!.nonce!)
  }
}

/** The dialler's side of a greeting. */
export class DiallerHandshake extends Handshake {
  readonly #peer: ReplicaId
  #theirNonce: Uint8Array | undefined

  constructor(peer: ReplicaId, options: HandshakeOptions) {
    super(options)
    this.#peer = peer
  }

  /** The first frame. With a secret it says nothing of the store: the other side has proven nothing yet. */
  first(): Uint8Array {
    const { frames, greeting, secret } = this.options
    if (secret === undefined) return frames.hellos.encode(greeting, this.#peer)
    const { cluster, epoch, member, members } = greeting
    const silent = { cluster, epoch, member, members, storeIdentity: '', life: 0, token: '', executed: [], ownIndex: 0 }
    return frames.hellos.encode(silent, this.#peer, this.ownNonce)
  }

  /** Takes a frame of the acceptor. */
  take(frame: Uint8Array): Step {
    const { frames, greeting, secret } = this.options
    if (secret === undefined) {
      const hello = frames.hellos.read(frame, greeting, this.#peer)
      return typeof hello === 'string' ? refuse(hello) : { kind: 'met', peer: this.#peer, claim: claimOf(hello) }
    }
    if (this.#theirNonce !== undefined) return this.proven(frame, 'acceptor', this.#peer, this.#theirNonce)
    const read = frames.challenges.read(frame)
    if (read === undefined || !this.proves(read.proof, 'challenge', this.#peer, read.nonce)) return unproven(this.#peer)
    this.#theirNonce = read.nonce
    return { kind: 'say', frame: this.vouch('dialler', this.#peer, read.nonce) }
  }
}
