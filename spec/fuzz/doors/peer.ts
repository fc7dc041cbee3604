import { defaultLimits } from '../../../actors/shared/limits.ts'
import { type Command, NOP } from '../../../machines/protocol/commands.ts'
import type { InstanceId } from '../../../machines/protocol/instance-id.ts'
import { type Message, messageShapes } from '../../../machines/protocol/messages.ts'
import { peerPath } from '../../../net/ws/url.ts'
import { createDraw, type Draw } from '../../sim/world/random.ts'
import { mutated, nonsense } from '../draw/bytes.ts'
import { lie } from '../draw/numbers.ts'
import { messageOf, randomBytes, randomText, withOneLie } from '../draw/values.ts'
import { enveloped, type Puppet } from '../puppet.ts'
import { puppetCodec } from '../puppet-codec.ts'
import { brokenHttp } from './broken-http.ts'
import { type Door, doorOf, type Kind } from './door.ts'

const encode = (...messages: readonly Message[]): Uint8Array => new Uint8Array(puppetCodec.encodeMessages(messages))

const isVote = (message: Message): message is Message & { readonly id: InstanceId } =>
  ['preAcceptOk', 'acceptOk', 'recoverOk', 'validateOk'].includes(message.type)

/**
 * What the member that lies must not do, since no crash-tolerant protocol survives it: decide instances of others by itself,
 * or vote for what it does not keep. Its numbers, shapes and payloads may lie, and what it says of what is decided.
 */
function isFair(message: Message, puppet: Puppet): boolean {
  if (message.type === 'accept' || message.type === 'commit')
    return message.id.rank === puppet.rank && message.cmd === NOP
  if (!isVote(message)) return true
  if (message.type === 'recoverOk' && message.phase !== 'initial' && message.phase !== 'preAccepted') return false
  return !puppet.isInFlight(message.id)
}

/** The door of peers, through a member's true greeting. */
export class PeerAttacks {
  readonly #puppet: Puppet

  constructor(puppet: Puppet) {
    this.#puppet = puppet
  }

  door(targets: readonly string[]): Door {
    return doorOf(targets, [
      this.#link('mutated', 6, draw => [mutated(draw, encode(this.#plausible(draw)))]),
      this.#link('nonsense', 1, draw => [nonsense(draw)]),
      this.#link('generated', 4, draw => [
        encode(this.#fair(draw, () => messageOf(messageShapes, defaultLimits, draw) as Message)),
      ]),
      this.#link('lie', 10, draw => [encode(this.#fair(draw, () => withOneLie(draw, this.#plausible(draw))))]),
      this.#link('altered echo', 6, draw => [encode(this.#fair(draw, () => withOneLie(draw, this.#heard(draw))))]),
      this.#link('heartbeat', 4, draw => [encode(this.#heartbeat(draw))]),
      this.#link('payload', 6, draw => [encode(this.#payload(draw))]),
      this.#link('contradiction', 2, draw => [encode(this.#contradiction(draw))]),
      this.#link('crowd', 1, draw => [
        encode(...Array.from({ length: draw.whole(100, 3_000) }, () => this.#reply(draw))),
      ]),
      this.#link('burst', 1, draw => Array.from({ length: draw.whole(20, 100) }, () => encode(this.#reply(draw)))),
      this.#link('reply', 6, draw => [encode(this.#reply(draw))]),
      greeting,
      ...brokenHttp(targets, [peerPath], 1),
    ])
  }

  #link(name: string, weight: number, frames: (draw: Draw) => readonly Uint8Array[]): Kind {
    return { name, weight, attack: draw => ({ via: 'link', frames: frames(draw) }) }
  }

  /** Draws until it is fair; some shapes seldom are. */
  #fair(draw: Draw, drawn: () => Message): Message {
    for (let tries = 0; tries < 20; tries++) {
      const message = drawn()
      if (isFair(message, this.#puppet)) return message
    }
    return this.#reply(draw)
  }

  #heard(draw: Draw): Message {
    const { heard } = this.#puppet
    return heard.length === 0 ? this.#plausible(draw) : draw.pick(heard).message
  }

  /** An id that there is, most likely. */
  #id(draw: Draw, rank = draw.whole(0, this.#puppet.n - 1)): InstanceId {
    const { known } = this.#puppet
    return { epoch: 1, rank, index: Math.max(1, known[rank]! - draw.whole(0, 20)) }
  }

  /** An id that is decided, or that is nobody's: nobody waits for a vote on it. */
  #decidedOrNone(draw: Draw): InstanceId {
    const { settled } = this.#puppet
    if (settled.length > 0 && draw.chance(0.6)) return draw.pick(settled)
    const id = { ...this.#id(draw), index: lie(draw) }
    return this.#puppet.isInFlight(id) ? { ...id, epoch: 2 } : id
  }

  #ownId(): InstanceId {
    return { epoch: 1, rank: this.#puppet.rank, index: this.#puppet.nextIndex() }
  }

  #vector(draw: Draw): number[] {
    return this.#puppet.known.map(index => Math.max(0, index - draw.whole(0, 5)))
  }

  /** A command on a key of its own: whatever becomes of it touches no other. */
  #command(draw: Draw): Command {
    const key = `fuzz${draw.whole(0, 1_000_000)}`
    return enveloped([5, [1, key, 'x']], [key])
  }

  /** A message that is well formed, about instances that there are. */
  #plausible(draw: Draw): Message {
    const dep = this.#vector(draw)
    const id = this.#id(draw)
    const bal = draw.whole(0, 9)
    switch (draw.whole(0, 9)) {
      case 0:
        return { type: 'preAccept', id: this.#ownId(), cmd: this.#command(draw), dep }
      case 1:
        return { type: 'commit', id: this.#ownId(), cmd: NOP, dep: dep.map(() => 0) }
      case 2:
        return { type: 'recover', id, bal }
      case 3:
        return { type: 'validate', id, bal, cmd: this.#command(draw), dep }
      case 4:
        return { type: 'waiting', id, k: draw.whole(0, 9) }
      case 5:
        return { type: 'tryRecover', id }
      case 6:
        return { type: 'fetch', from: dep, to: dep.map(index => index + draw.whole(0, 9)) }
      case 7:
        return { type: 'digest', point: id, digest: randomText(draw, 8) }
      case 8:
        return this.#heartbeat(draw)
      default:
        return this.#reply(draw)
    }
  }

  /** An answer to nobody, or to somebody else. */
  #reply(draw: Draw): Message {
    const id = this.#decidedOrNone(draw)
    const dep = this.#vector(draw)
    const bal = draw.chance(0.5) ? draw.whole(0, 9) : lie(draw)
    switch (draw.whole(0, 9)) {
      case 0:
        return { type: 'preAcceptOk', id, dep: dep.map(index => lie(draw, index)) }
      case 1:
        return { type: 'acceptOk', id, bal }
      case 2:
        return {
          ...{ type: 'recoverOk', id, bal, abal: lie(draw), dep, initDep: dep.map(index => lie(draw, index)) },
          ...{ cmd: this.#command(draw), phase: draw.pick(['initial', 'preAccepted']) },
        } as Message
      case 3:
        return {
          type: 'validateOk',
          id,
          bal,
          invalidating: Array.from({ length: draw.whole(0, 5) }, () => ({
            id: draw.chance(0.5) ? this.#id(draw) : { ...this.#id(draw), index: lie(draw) },
            committed: draw.chance(0.5),
          })),
        }
      case 4:
        return { type: 'nack', id: this.#id(draw), bal }
      case 5:
        return { type: 'stable', id: this.#id(draw) }
      case 6:
        return { type: 'fetchEnd', upTo: dep.map(index => lie(draw, index)), floor: dep.map(() => lie(draw)) }
      case 7:
        return {
          type: 'snapshotChunk',
          digest: randomText(draw, 6),
          offset: lie(draw),
          size: lie(draw),
          bytes: randomBytes(draw, 40),
        }
      case 8:
        return { type: 'fetchSnapshot', digest: draw.pick(['', 'abc']), offset: lie(draw) }
      default:
        return { type: 'waiting', id, k: lie(draw) }
    }
  }

  #heartbeat(draw: Draw): Message {
    const vector = () => this.#vector(draw).map(index => (draw.chance(0.4) ? lie(draw, index) : index))
    return {
      type: 'heartbeat',
      known: vector(),
      executed: vector(),
      canVote: draw.chance(0.3),
      inStep: draw.chance(0.5),
      raised: vector(),
      raisedFrom: lie(draw),
      barrier: draw.chance(0.5) ? undefined : lie(draw),
    }
  }

  /** An own command whose payload is none, or says another thing than its footprint. The same for everybody. */
  #payload(draw: Draw): Message {
    const id = this.#ownId()
    const own = createDraw(`payload ${id.index} ${draw.next()}`)
    const cmd = wrongCommand(own, id)
    const dep = this.#vector(draw)
    return draw.chance(0.5)
      ? { type: 'preAccept', id, cmd, dep }
      : draw.chance(0.5)
        ? { type: 'accept', id, bal: 0, cmd, dep }
        : { type: 'commit', id, cmd, dep }
  }

  /** Another command for what is decided already. */
  #contradiction(draw: Draw): Message {
    const { settled } = this.#puppet
    if (settled.length === 0) return this.#reply(draw)
    const id = draw.pick(settled)
    return {
      type: 'commit',
      id,
      cmd: draw.chance(0.5) ? NOP : this.#command(draw),
      dep: this.#vector(draw).map(() => 0),
    }
  }
}

/** Payloads that no replica makes: refused at the door, each of them. */
function wrongCommand(draw: Draw, id: InstanceId): Command {
  const key = `fuzz${id.index}`
  switch (draw.whole(0, 7)) {
    case 0:
      return enveloped([draw.pick([9, 99, 2 ** 31, 2 ** 52]), 'x'], [key])
    case 1:
      return { footprint: { reads: [], writes: [key] }, payloads: [randomBytes(draw, draw.whole(0, 30))] }
    case 2:
      return enveloped([], [key])
    case 3:
      return enveloped([5], [key])
    case 4:
      return enveloped([8, 'no session', lie(draw), [lie(draw), lie(draw)], [[1, key, 'x']]], [key])
    case 5:
      return enveloped([5, { op: 'typo' }], [key])
    case 6:
      return enveloped([draw.pick([2, 3, 7]), draw.pick<unknown>([7, null, '', [], [lie(draw)], {}])], [key])
    default:
      return enveloped([5, [99, key]], [key])
  }
}

/** Somebody who greets wrongly, or not at all, and talks before it was let in. */
const greeting: Kind = {
  name: 'greeting',
  weight: 1,
  attack: draw => ({
    via: 'socket',
    path: peerPath,
    headers: {},
    lane: undefined,
    frames: Array.from({ length: draw.whole(0, 3) }, () => nonsense(draw)),
    reads: true,
    lingerMs: draw.pick([0, 20, 200]),
  }),
}
