import { Puppet } from '../puppet.ts'
import { clientDoor } from './client.ts'
import { debuggerDoor } from './debugger.ts'
import type { Door, DoorName } from './door.ts'
import { PeerAttacks } from './peer.ts'

/** The member that lies, on a cluster with these members; nobody else has its number. */
export const liarOf = (cluster: string, members: ReadonlyMap<number, string>): Puppet =>
  new Puppet({ cluster, members, member: Math.max(...members.keys()) })

/** Every door before anything runs: what it does, and what it calls that. */
export function doorBefore(name: DoorName): Door {
  const members = new Map([1, 2, 3].map(id => [id, `ws://127.0.0.1:${id}`] as const))
  const targets = ['127.0.0.1:1', '127.0.0.1:2']
  switch (name) {
    case 'peer':
      return new PeerAttacks(liarOf('none', members)).door(targets)
    case 'client':
      return clientDoor(targets)
    case 'debugger':
      return debuggerDoor([...targets, ...targets])
  }
}

export const kindNames = (name: DoorName): readonly string[] => doorBefore(name).kinds
