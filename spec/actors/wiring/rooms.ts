import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const actors = fileURLToPath(new URL('../../../actors/', import.meta.url))

/** The rooms of actors/, from the ground floor up: each may import those before it. */
export const rooms = [
  'shared',
  'records',
  'execution',
  'instances',
  'proposing',
  'state',
  'connections',
  'replica',
  'client',
  'node',
] as const

export interface RoomEdge {
  readonly from: string
  readonly to: string
  readonly count: number
}

/** How many imports run from one room to another. */
export function edgesBetweenRooms(): readonly RoomEdge[] {
  const counts = new Map<string, number>()
  for (const file of readdirSync(actors, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue
    for (const [, target] of readFileSync(join(actors, file), 'utf8').matchAll(/ from '(\.[^']+)'/g)) {
      const path = relative(actors, join(actors, dirname(file), target!))
      const [from, to] = [roomOf(file), roomOf(path)]
      if (from === to || path.startsWith('..')) continue
      const edge = `${from} ${to}`
      counts.set(edge, (counts.get(edge) ?? 0) + 1)
    }
  }
  return [...counts].sort().map(([edge, count]) => {
    const [from, to] = edge.split(' ') as [string, string]
    return { from, to, count }
  })
}

const roomOf = (path: string): string => path.split('/')[0]!
