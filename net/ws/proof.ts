import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ReplicaId } from '../../machines/protocol/membership.ts'
import { protocolVersion } from '../../machines/protocol/version.ts'
import { peerPath } from './url.ts'

/** A shorter secret can be guessed. */
export const clusterSecretBytesMin = 16

const nonceBytes = 16

/** A number used once: random, so that no recorded proof fits it. */
export const drawNonce = (): Uint8Array => new Uint8Array(randomBytes(nonceBytes))

/** The subject of a proof. Both sides of a greeting know all of it. */
export interface ProofSubject {
  /** The step of the greeting: a proof of one is none of another, and none in the other direction. */
  readonly step: 'challenge' | 'dialler' | 'acceptor'
  readonly cluster: string
  readonly epoch: number
  readonly from: ReplicaId
  readonly to: ReplicaId
  /** Drawn by the side that checks the proof, for this greeting. */
  readonly nonce: Uint8Array
  /** Drawn by the side that makes it. */
  readonly ownNonce: Uint8Array
  /** Statements that the proof covers: the identity of the prover's store and its life. */
  readonly stated: readonly (string | number)[]
}

/** HMAC-SHA256 over the subject, each part of it with its length, under the secret of the cluster. */
export function prove(secret: string | Uint8Array, subject: ProofSubject): Uint8Array {
  const { step, cluster, epoch, from, to, nonce, ownNonce, stated } = subject
  const hmac = createHmac('sha256', secret)
  const { major } = protocolVersion
  for (const part of ['epaxos', peerPath, step, major, cluster, epoch, from, to, nonce, ownNonce, ...stated]) {
    const bytes = part instanceof Uint8Array ? part : Buffer.from(String(part))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hmac.update(length).update(bytes)
  }
  return new Uint8Array(hmac.digest())
}

/** Whether a proof is the right one. Compared in constant time. */
export function isProof(given: Uint8Array, secret: string | Uint8Array, subject: ProofSubject): boolean {
  const expected = prove(secret, subject)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
