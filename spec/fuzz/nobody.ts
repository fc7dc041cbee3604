import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { createDraw } from '../sim/world/random.ts'
import type { Attack } from './attack.ts'
import { Deliverer } from './deliver.ts'
import { clientDoor } from './doors/client.ts'
import { debuggerDoor } from './doors/debugger.ts'
import type { Door, DoorName } from './doors/door.ts'
import { PeerAttacks } from './doors/peer.ts'
import { Puppet } from './puppet.ts'

const host = '127.0.0.1'

export interface Pace {
  readonly seed: number
  readonly seconds: number
  /** Attacks a second. */
  readonly rate: number
}

/**
 * Somebody who takes all bytes and does nothing with them. What honest clients feel while attacks go there is the load of
 * the program that attacks: it takes processor time from the replicas on the same machine.
 */
export class Nobody {
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  readonly #open = new Set<WebSocket>()

  private constructor() {
    this.#server = createServer((_, response) => response.end())
    this.#server.on('clientError', (_, socket) => socket.destroy())
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {})
      this.#sockets.handleUpgrade(request, socket, head, each => {
        this.#open.add(each)
        each.on('error', () => {}).on('message', () => {})
        each.once('close', () => this.#open.delete(each))
      })
    })
  }

  static async open(): Promise<Nobody> {
    const nobody = new Nobody()
    await new Promise<void>(resolve => nobody.#server.listen({ host, port: 0 }, resolve))
    return nobody
  }

  /** Attacks as those on this door would be, drawn and sent. @returns their number */
  async attacked(name: DoorName, { seed, seconds, rate }: Pace): Promise<number> {
    const target = `${host}:${(this.#server.address() as AddressInfo).port}`
    const door = doorOf(name, [target, target])
    const deliverer = new Deliverer(door.targets)
    const link = connect(Number(target.split(':')[1]), host)
    link.on('error', () => {})
    const underWay = new Set<Promise<void>>()
    const from = performance.now()
    let no = 0
    while (performance.now() - from < seconds * 1_000) {
      const attack = { ...door.attack(createDraw(`nobody ${seed} ${no}`)), no } as Attack
      no++
      if (attack.via === 'link') for (const frame of attack.frames) link.write(frame)
      else {
        const done = deliverer.deliver(attack).finally(() => underWay.delete(done))
        underWay.add(done)
        if (underWay.size >= 16) await Promise.race(underWay)
      }
      const aheadMs = (no * 1_000) / rate - (performance.now() - from)
      if (aheadMs > 0) await sleep(aheadMs)
    }
    await Promise.all(underWay)
    deliverer.close()
    link.destroy()
    return no
  }

  async close(): Promise<void> {
    for (const each of this.#open) each.terminate()
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

function doorOf(name: DoorName, targets: readonly string[]): Door {
  if (name === 'client') return clientDoor(targets)
  if (name === 'debugger') return debuggerDoor(targets)
  // It has heard nothing, and says nothing by itself.
  const members = new Map([1, 2, 3].map(member => [member, '']))
  return new PeerAttacks(new Puppet({ cluster: 'nobody', members, member: 3 })).door(targets)
}
