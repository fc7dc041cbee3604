import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Attack } from './attack.ts'
import type { Puppet } from './puppet.ts'

/** Nothing that an attack waits for takes longer. */
const patienceMs = 2_000
/** A link that was ended for what came through it is back by then, unless its member is shut out. */
const linkBackMs = 500

type Of<V extends Attack['via']> = Extract<Attack, { via: V }>

/** Does attacks to targets, and takes no notice of how they are answered. */
export class Deliverer {
  readonly #targets: readonly string[]
  readonly #puppet: Puppet | undefined
  readonly #lanes = new Map<string, WebSocket>()
  readonly #open = new Set<WebSocket>()
  /** Frames that no link took: the member was shut out. */
  dropped = 0

  /** @param puppet for attacks by link */
  constructor(targets: readonly string[], puppet?: Puppet) {
    this.#targets = targets
    this.#puppet = puppet
  }

  async deliver(attack: Attack): Promise<void> {
    if (attack.via === 'link') await this.#byLink(attack)
    else if (attack.via === 'tcp') await this.#byTcp(attack)
    else await this.#bySocket(attack)
  }

  close(): void {
    for (const socket of this.#open) socket.terminate()
  }

  async #byLink({ to, frames }: Of<'link'>): Promise<void> {
    const puppet = this.#puppet!
    const peer = puppet.peers[to]!
    for (const frame of frames) {
      for (const until = performance.now() + linkBackMs; !puppet.isUp(peer) && performance.now() < until; )
        await sleep(5)
      if (!puppet.isUp(peer)) this.dropped++
      puppet.send(peer, frame)
    }
  }

  async #byTcp({ to, pieces, lingerMs }: Of<'tcp'>): Promise<void> {
    const [host, port] = this.#targets[to]!.split(':') as [string, string]
    const socket = connect(Number(port), host)
    const ended = new Promise(resolve => {
      socket.on('error', () => {}).once('close', resolve)
    })
    socket.resume()
    for (const piece of pieces) {
      if (socket.writable) socket.write(piece)
      await sleep(1)
    }
    await Promise.race([ended, sleep(lingerMs)])
    socket.destroy()
  }

  async #bySocket({ to, path, headers, lane, frames, reads, lingerMs }: Of<'socket'>): Promise<void> {
    const socket = await this.#socketOf(to, path, headers, lane)
    if (socket === undefined) return
    if (!reads) socket.pause()
    for (const frame of frames) if (socket.readyState === socket.OPEN) socket.send(frame)
    await sleep(lingerMs)
    if (lane === undefined) socket.terminate()
  }

  async #socketOf(
    to: number,
    path: string,
    headers: Readonly<Record<string, string>>,
    lane: number | undefined,
  ): Promise<WebSocket | undefined> {
    const key = `${to} ${path} ${lane}`
    const known = this.#lanes.get(key)
    if (lane !== undefined && known?.readyState === WebSocket.OPEN) return known
    const socket = new WebSocket(`ws://${this.#targets[to]}${path}`, {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: patienceMs,
    })
    this.#open.add(socket)
    const isOpen = await new Promise<boolean>(resolve => {
      socket.on('error', () => resolve(false)).on('message', () => {})
      socket
        .once('open', () => resolve(true))
        .once('close', () => {
          this.#open.delete(socket)
          resolve(false)
        })
    })
    if (!isOpen) return undefined
    if (lane !== undefined) this.#lanes.set(key, socket)
    return socket
  }
}
