import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { defaultCluster, EpaxosError, isStoreUnused, makeStore, syncDirectory } from '../../index.ts'
import { RefusedError } from './exit.ts'

/** A cluster of this machine: each member's data is in the directory of its id. */
export interface LocalCluster {
  readonly data: string
  readonly cluster?: string
  readonly ids: readonly number[]
}

/** What is said of a beginning in its file. */
type Asked = { readonly cluster: string; readonly replicas: number }

/**
 * The file that stands beside the members' directories while their stores are made. It is there before the first of
 * them, and gone before one replica runs. So a store beside it has never voted: whatever broke off is finished, and
 * nothing acknowledged depends on it. Where it is missing, a store that is missing is lost.
 */
const markOf = (data: string): string => join(data, 'beginning.json')

/** How many replicas there are by their data, a beginning included; 0 when there is none. */
export function replicasIn(data: string): number {
  if (!existsSync(data)) return 0
  const found = readdirSync(data).flatMap(name => (/^[1-9]$/.test(name) ? Number(name) : []))
  return Math.max(0, askedIn(data)?.replicas ?? 0, ...found)
}

/**
 * Sees to it that the stores of a cluster are there before its replicas run: makes those of a new one, finishes a
 * beginning that broke off, and leaves any other cluster as it is.
 * @returns whether the cluster is new
 * @throws RefusedError when what broke off was another cluster
 * @throws StoreError when a store cannot be made
 */
export async function beginCluster({ data, cluster = defaultCluster, ids }: LocalCluster): Promise<boolean> {
  const isNew = !ids.some(id => existsSync(join(data, String(id))))
  if (!isNew && !existsSync(markOf(data))) return false
  const asked: Asked = { cluster, replicas: ids.length }
  if (isNew) setMark(data, asked)
  else checkSame(data, asked)
  const places = ids.map(id => ({ id, members: ids, data: join(data, String(id)), cluster }))
  const states = await Promise.all(places.map(stateOf))
  // A replica that was served by hand in the meantime may have voted: then what is missing is lost, and said to be so.
  const isUntouched = !states.includes('used')
  if (isUntouched) await Promise.all(places.filter((_, at) => states[at] === 'missing').map(makeStore))
  clearMark(data)
  return isUntouched
}

async function stateOf(place: Parameters<typeof isStoreUnused>[0]): Promise<'missing' | 'unused' | 'used'> {
  try {
    return (await isStoreUnused(place)) ? 'unused' : 'used'
  } catch (error) {
    if (error instanceof EpaxosError && error.code === 'storeEmpty') return 'missing'
    throw error
  }
}

function askedIn(data: string): Asked | undefined {
  try {
    return JSON.parse(readFileSync(markOf(data), 'utf8')) as Asked
  } catch {
    // There is none; or the disk was full when it was written, and nothing was made after it.
    return undefined
  }
}

function checkSame(data: string, asked: Asked): void {
  const { cluster, replicas } = askedIn(data) ?? asked
  if (cluster === asked.cluster && replicas === asked.replicas) return
  throw new RefusedError(
    `in ${data} is the beginning of another cluster, '${cluster}' with ${replicas} replicas, which broke off before any ` +
      `of them ran: begin it again with --replicas ${replicas} and --cluster ${cluster}, or remove ${data}`,
  )
}

/** Durable before a store is begun. */
function setMark(data: string, asked: Asked): void {
  const first = mkdirSync(data, { recursive: true })
  writeFileSync(markOf(data), `${JSON.stringify(asked)}\n`, { flush: true })
  syncDirectory(data)
  if (first !== undefined)
    for (let at = resolve(data); at !== dirname(first); at = dirname(at)) syncDirectory(dirname(at))
}

/** Durable before a replica runs. */
function clearMark(data: string): void {
  rmSync(markOf(data), { force: true })
  syncDirectory(data)
}
