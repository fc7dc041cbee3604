import { spawnSync } from 'node:child_process'

/** C: the headers, and `path_of`, which gives the path of an open file: 0 when there is none. */
export const pathOfFile = `
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}
`

/**
 * Compiles a library that is loaded before libc, and replaces calls of it.
 * @returns why it cannot be done here, as text; undefined when it is done
 */
export function compilePreloaded(library: string, source: string): string | undefined {
  if (process.platform !== 'linux') return 'syncs are replaced by LD_PRELOAD, on Linux only'
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-x', 'c', '-o', library, '-'], {
    input: source,
    encoding: 'utf8',
  })
  return built.status === 0
    ? undefined
    : `no C compiler makes the library for LD_PRELOAD (${built.error?.message ?? built.stderr.trim()})`
}
