import { createMemoryDisk, type MemoryDisk } from './disk.ts'

/** A copy of a disk as it is now: what somebody who copies the directory of a replica has, and may put back one day. */
export function copyDisk(disk: MemoryDisk): MemoryDisk {
  const copy = createMemoryDisk()
  const contents = disk.contents()
  if (contents === undefined) return copy
  const { owner, records, snapshot, reserved, peers, life, raised, checkpoint } = contents
  copy.format(owner)
  copy.apply({
    records,
    ...(snapshot === undefined ? undefined : { snapshot }),
    reserved,
    peers: [...peers].map(([member, store]) => ({ member, ...store })),
    ...(life === undefined ? undefined : { life }),
    ...(raised === undefined ? undefined : { raised }),
    checkpoint: disk.reliedOn,
  })
  for (const [key, bytes] of disk.segments) copy.segments.set(key, bytes)
  if (checkpoint !== undefined) copy.commit(checkpoint)
  return copy
}
