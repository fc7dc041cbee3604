import { copyDisk } from '../../../storage/simulated/copy-disk.ts'
import { createMemoryDisk, type MemoryDisk } from '../../../storage/simulated/disk.ts'
import type { Site } from './site.ts'

/** A disk on which a member may be started by mistake: it has forgotten votes. */
export interface OtherDisk {
  readonly disk: MemoryDisk
  readonly what: 'emptied and begun anew' | 'replaced by an old copy'
}

/**
 * An emptied disk with a new store, under the member's id. Undefined while one of the others knows no store of the
 * member: that one would let it in (S2 says what the rule cannot do).
 */
export function emptiedDisk(site: Site, others: readonly Site[]): OtherDisk | undefined {
  const contents = site.disk.contents()
  if (contents === undefined || !others.every(other => storeKnownTo(other, site) !== undefined)) return undefined
  const disk = createMemoryDisk()
  disk.format({ ...contents.owner, storeIdentity: `${contents.owner.storeIdentity}, begun anew` })
  return { disk, what: 'emptied and begun anew' }
}

/**
 * A copy of the member's disk as it was before its present life began. Undefined while one of the others does not know
 * this life, and when nobody had let the member in by the time of the copy.
 */
export function oldCopy(site: Site, others: readonly Site[]): OtherDisk | undefined {
  const life = site.disk.contents()?.life
  const before = site.copy?.contents()?.life
  if (life?.isLetIn !== true || before?.isLetIn !== true || before.life >= life.life) return undefined
  const isKnown = (other: Site): boolean => {
    const known = storeKnownTo(other, site)
    return known?.life === life.life && known.token === life.token
  }
  if (!others.every(isKnown)) return undefined
  return { disk: copyDisk(site.copy!), what: 'replaced by an old copy' }
}

const storeKnownTo = (other: Site, { member }: Site) => other.disk.contents()?.peers.get(member)
