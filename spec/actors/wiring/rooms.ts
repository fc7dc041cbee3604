import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../../../', import.meta.url))
const actors = join(top, 'actors/')

/** The rooms of actors/, from the ground floor up: each may import those before it. */
export const rooms = [
  'shared',
  'tables',
  'records',
  'execution',
  'instances',
  'reading',
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
    for (const [, target] of readFileSync(join(actors, file), 'utf8').matchAll(/(?: from |import\()'(\.[^']+)'/g)) {
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

/** Imports of machines/, actors/, net/ and storage/ that leave their folder for one that it may not know. */
export function crossings(): readonly string[] {
  const found: string[] = []
  for (const [folder, known] of Object.entries(knows))
    for (const file of readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue
      const from = join(folder, file)
      for (const [, target] of readFileSync(join(top, from), 'utf8').matchAll(/(?: from |import\()'(\.[^']+)'/g)) {
        const to = relative(top, join(top, dirname(from), target!))
        if (!known.some(each => to.startsWith(each))) found.push(`${from} imports ${to}`)
      }
    }
  return found
}

/** What a folder may import from inside the package. */
const knows: Readonly<Record<string, readonly string[]>> = {
  machines: ['machines/'],
  actors: ['actors/', 'machines/', 'net/', 'storage/'],
  net: ['net/', 'machines/protocol/'],
  storage: ['storage/', 'machines/protocol/'],
}

const roomOf = (path: string): string => path.split('/')[0]!
