import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of a few MiB. */
export interface SmallMount {
  /** Leaves no room. */
  fill(): void
  /** Gives the room back. */
  empty(): void
  unmount(): void
}

/** Mounts one at a directory. @returns why it cannot be mounted here, as text */
export function mountSmall(directory: string, mebibytes: number): SmallMount | string {
  mkdirSync(directory, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'epaxos-spec', directory], {
    encoding: 'utf8',
  })
  if (mounted.status !== 0)
    return `no tmpfs can be mounted here (${mounted.error?.message ?? mounted.stderr.trim()}): run it as root, or under unshare -rm`
  const filler = join(directory, 'filler')
  return {
    fill() {
      writeFileSync(filler, '')
      for (const bytes of [65_536, 4_096, 1]) {
        const piece = Buffer.alloc(bytes)
        while (isThereRoomFor(piece));
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount() {
      spawnSync('umount', ['-l', directory])
    },
  }

  function isThereRoomFor(piece: Buffer): boolean {
    try {
      appendFileSync(filler, piece)
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
      throw error
    }
  }
}
