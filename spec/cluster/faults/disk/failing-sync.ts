import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePreloaded, pathOfFile } from './preloaded.ts'

/** A library to be loaded before libc: syncs of one file fail from the moment on that a switch, another file, is there. */
const source = `${pathOfFile}
static int fails(int fd) {
  char path[4096];
  const char *file = getenv("FAILING_SYNC_FILE"), *when = getenv("FAILING_SYNC_WHEN");
  if (file == NULL || when == NULL || access(when, F_OK) != 0) return 0;
  return path_of(fd, path, sizeof path) && strcmp(path, file) == 0;
}

static int checked(long call, int fd) {
  if (fails(fd)) { errno = EIO; return -1; }
  return (int)syscall(call, fd);
}

int fsync(int fd) { return checked(SYS_fsync, fd); }
int fdatasync(int fd) { return checked(SYS_fdatasync, fd); }
`

/** Makes the syncs of one file of a process fail. */
export interface FailingSync {
  /** For the environment of the process. */
  readonly env: NodeJS.ProcessEnv
  /** From now on. */
  begin(): void
}

/**
 * @param directory an own one, for the library and the switch
 * @param file whose syncs shall fail
 * @returns why it cannot be done here, as text
 */
export function failingSync(directory: string, file: string): FailingSync | string {
  const library = join(directory, 'failing-sync.so')
  const why = compilePreloaded(library, source)
  if (why !== undefined) return why
  const when = join(directory, 'syncs-fail')
  return {
    env: { LD_PRELOAD: library, FAILING_SYNC_FILE: file, FAILING_SYNC_WHEN: when },
    begin: () => writeFileSync(when, ''),
  }
}
