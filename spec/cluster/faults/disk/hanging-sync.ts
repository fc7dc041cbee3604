import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePreloaded, pathOfFile } from './preloaded.ts'

/** A library to be loaded before libc: syncs of files below a directory wait as long as a switch, another file, is there. */
const source = `${pathOfFile}
static int waits(int fd) {
  char path[4096];
  const char *below = getenv("HANGING_SYNC_BELOW"), *when = getenv("HANGING_SYNC_WHEN");
  if (below == NULL || when == NULL || access(when, F_OK) != 0) return 0;
  return path_of(fd, path, sizeof path) && strncmp(path, below, strlen(below)) == 0;
}

static int waited(long call, int fd) {
  while (waits(fd)) usleep(2000);
  return (int)syscall(call, fd);
}

int fsync(int fd) { return waited(SYS_fsync, fd); }
int fdatasync(int fd) { return waited(SYS_fdatasync, fd); }
`

/** Makes the syncs of processes hang, each by a switch of its own. */
export interface HangingSyncs {
  /** For the environment of the process of this member: syncs below its directory hang. */
  envOf(id: number, data: string): NodeJS.ProcessEnv
  hang(id: number): void
  release(id: number): void
}

/**
 * @param directory an own one, for the library and the switches
 * @returns why it cannot be done here, as text
 */
export function hangingSyncs(directory: string): HangingSyncs | string {
  const library = join(directory, 'hanging-sync.so')
  const why = compilePreloaded(library, source)
  if (why !== undefined) return why
  const whenOf = (id: number): string => join(directory, `syncs-of-${id}-hang`)
  return {
    envOf: (id, data) => ({ LD_PRELOAD: library, HANGING_SYNC_BELOW: data, HANGING_SYNC_WHEN: whenOf(id) }),
    hang: id => writeFileSync(whenOf(id), ''),
    release: id => rmSync(whenOf(id), { force: true }),
  }
}
