import type { ForgetVerdict } from '../../machines/protocol/client-messages.ts'
import type { ErrorCodeOf } from '../../machines/protocol/error-codes.ts'
import { EpaxosError } from '../../machines/protocol/errors.ts'
import { type Membership, type ReplicaId, rankOf } from '../../machines/protocol/membership.ts'
import type { MessageOf } from '../../machines/protocol/messages.ts'
import { type Judgement, judge, type PeerStore, type ToldProgress } from '../../machines/protocol/store-lives.ts'
import type { Greeted } from '../../net/transport.ts'
import type { ReplicaEvent } from '../shared/events.ts'
import type { Links } from './links.ts'
import type { Outbox } from './outbox.ts'

/** A member connected with another store than the one that it is known by, or with an old copy of it. */
export class PeerStoreError extends EpaxosError<ErrorCodeOf<'foreignStore' | 'oldStore'>> {}

export interface PeerStoresPorts {
  readonly membership: Membership
  readonly member: ReplicaId
  readonly outbox: Outbox
  readonly links: Links
  /** Makes the life of this replica durable as one in which it may speak. */
  letIn(): void
  log(event: ReplicaEvent): void
}

/**
 * The store of each peer, and its life ([S1](../../machines/protocol/README.md#rule-s1): a replica that lost its disk, or
 * whose disk is an old copy, must not vote). The first store of a peer is durable before anything is said to it; another
 * one, and a life that goes back, is refused for good. Peers tell each other of the stores that they know (S2).
 */
export class PeerStores {
  readonly #ports: PeerStoresPorts
  readonly #known = new Map<ReplicaId, PeerStore>()
  /** Members whose last greeting was refused. */
  readonly #refused = new Set<ReplicaId>()
  /** Members of which others know another store than this replica, told once each. */
  readonly #disputed = new Set<ReplicaId>()

  constructor(ports: PeerStoresPorts) {
    this.#ports = ports
  }

  /** Takes over what was durable at the start. */
  restore(known: ReadonlyMap<ReplicaId, PeerStore>): void {
    for (const [member, store] of known) this.#known.set(member, store)
  }

  /**
   * Decides on the greeting of a peer.
   * @param decide is called with null once it may be let in, or with why it may not
   */
  greeted(greeted: Greeted, decide: (refusal: Error | null) => void): void {
    const { peer } = greeted
    const { outbox, letIn, log } = this.#ports
    const judgement = judge(this.#known.get(peer), greeted, this.#told(peer))
    if (judgement !== 'known' && judgement !== 'later') {
      const refusal = refusalOf(peer, judgement)
      // The link that this replica dials tells of its own refusal.
      if (!greeted.hasLetUsIn && !this.#refused.has(peer)) log({ code: 'peerRefused', peer, detail: refusal.message })
      this.#refused.add(peer)
      decide(refusal)
      return
    }
    this.#refused.delete(peer)
    if (judgement === 'later') this.#learn(peer, { ...greeted, tookPart: this.#known.get(peer)?.tookPart ?? false })
    // From here on what this replica says may be heard.
    if (greeted.hasLetUsIn) letIn()
    // A repeated greeting waits too: the flush of the first may be under way.
    outbox.whenDurable(() => decide(null))
  }

  /** Called when a peer has told something of an instance. From then on its votes may count, and its store is not forgotten. */
  tookPart(peer: ReplicaId): void {
    const known = this.#known.get(peer)
    if (known !== undefined && !known.tookPart) this.#write(peer, { ...known, tookPart: true })
  }

  /** Tells a peer, whose link is up, the stores that are known here (S2). */
  tell(peer: ReplicaId): void {
    const { outbox, membership } = this.#ports
    if (this.#known.size > 0) outbox.sayNow(rankOf(membership, peer), this.#message())
  }

  #message(): MessageOf<'stores'> {
    const stores = [...this.#known].map(([member, { storeIdentity, life, token }]) => ({
      member,
      storeIdentity,
      life,
      token,
    }))
    return { type: 'stores', stores }
  }

  /** Takes in the stores that a peer knows. What is known here already is never replaced but by a later life of it. */
  told(from: ReplicaId, { stores }: MessageOf<'stores'>): void {
    const { membership, member: me, log } = this.#ports
    for (const { member, storeIdentity, life, token } of stores) {
      if (member === me || member === from || !membership.members.includes(member)) continue
      const known = this.#known.get(member)
      const claim = { storeIdentity, life, token, executed: [], ownIndex: 0 }
      const judgement = judge(known, claim, undefined)
      if (judgement === 'later') this.#learn(member, { ...claim, tookPart: known?.tookPart ?? false })
      else if ((judgement === 'foreign' || judgement === 'twice') && !this.#disputed.has(member)) {
        this.#disputed.add(member)
        log({ code: 'storesDisagree', peer: member, by: from })
      }
    }
  }

  /**
   * Forgets the store of a member that has not come yet, so that another may come under its id.
   * @param done is called with `forgotten` once that is durable, or with the reason why it must not be
   */
  forget(member: ReplicaId, done: (verdict: ForgetVerdict) => void): void {
    const { outbox } = this.#ports
    const verdict = this.#mayForget(member)
    if (verdict !== 'forgotten') {
      done(verdict)
      return
    }
    this.#disputed.delete(member)
    if (this.#known.delete(member))
      outbox.writeExtra({ peers: [{ member, storeIdentity: '', life: 0, token: '', tookPart: false }] })
    outbox.whenDurable(() => done('forgotten'))
  }

  /** A store whose votes may count is never forgotten (S1): another one would come without them. */
  #mayForget(member: ReplicaId): ForgetVerdict {
    const { membership, member: me, links } = this.#ports
    if (member === me) return 'isSelf'
    if (!membership.members.includes(member)) return 'noMember'
    if (this.#known.get(member)?.tookPart === true) return 'tookPart'
    return links.hears(rankOf(membership, member)) ? 'isConnected' : 'forgotten'
  }

  #told(peer: ReplicaId): ToldProgress | undefined {
    const { links, membership } = this.#ports
    const rank = rankOf(membership, peer)
    const { known, executed } = links.progress(rank)
    return known === undefined || executed === undefined ? undefined : { executed, ownIndex: known[rank]! }
  }

  /** A store or a life that is new here: the others hear of it as soon as it is durable. */
  #learn(member: ReplicaId, { storeIdentity, life, token, tookPart }: PeerStore): void {
    const { outbox, links } = this.#ports
    this.#write(member, { storeIdentity, life, token, tookPart })
    outbox.whenDurable(() => {
      for (const rank of links.peers) outbox.sayNow(rank, this.#message())
    })
  }

  #write(member: ReplicaId, store: PeerStore): void {
    this.#known.set(member, store)
    this.#ports.outbox.writeExtra({ peers: [{ member, ...store }] })
  }
}

/** Says what is wrong, and nothing that would help a stranger to be let in. */
function refusalOf(peer: ReplicaId, judgement: Exclude<Judgement, 'known' | 'later'>): PeerStoreError {
  switch (judgement) {
    case 'foreign':
      return new PeerStoreError(
        'foreignStore',
        `member ${peer} is known by another store than the one that it comes with: a lost disk cannot come back`,
      )
    case 'wentBack':
      return new PeerStoreError(
        'oldStore',
        `the store of member ${peer} has gone back: it is an old copy, and lacks what the member has voted since`,
      )
    case 'twice':
      return new PeerStoreError(
        'oldStore',
        `this life of member ${peer} was begun on another copy of its store: this copy is old, or runs twice`,
      )
  }
}
