import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A library to be loaded before libc: writes down, in their order, the changes and the syncs of files in a directory. */
const source = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

static int named(const char *path) {
  const char *directory = getenv("RECORDED_DIRECTORY");
  return directory != NULL && strncmp(path, directory, strlen(directory)) == 0;
}

static int recorded(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return named(path);
}

static void append(char kind, const char *path, uint64_t offset, const void *data, uint32_t length) {
  if (log_fd < 0) log_fd = open(getenv("RECORDED_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  uint16_t name = (uint16_t)strlen(path);
  char head[15];
  head[0] = kind;
  memcpy(head + 1, &name, 2);
  memcpy(head + 3, &offset, 8);
  memcpy(head + 11, &length, 4);
  syscall(SYS_write, log_fd, head, sizeof head);
  syscall(SYS_write, log_fd, path, name);
  for (uint32_t at = 0; at < length;) at += (uint32_t)syscall(SYS_write, log_fd, (const char *)data + at, length - at);
}

static ssize_t put(int fd, const void *data, size_t length, off_t offset, int here) {
  char path[4096];
  if (!recorded(fd, path, sizeof path))
    return here ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
  pthread_mutex_lock(&one);
  if (here) offset = lseek(fd, 0, SEEK_CUR);
  ssize_t put = here ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
  if (put > 0) append('w', path, (uint64_t)offset, data, (uint32_t)put);
  pthread_mutex_unlock(&one);
  return put;
}
ssize_t write(int fd, const void *data, size_t length) { return put(fd, data, length, 0, 1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return put(fd, data, length, offset, 0); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return put(fd, data, length, offset, 0); }

static int change(char kind, long call, int fd, off_t length) {
  char path[4096];
  if (!recorded(fd, path, sizeof path)) return (int)syscall(call, fd, length);
  pthread_mutex_lock(&one);
  int result = (int)syscall(call, fd, length);
  if (result == 0) append(kind, path, (uint64_t)length, NULL, 0);
  pthread_mutex_unlock(&one);
  return result;
}
int ftruncate(int fd, off_t length) { return change('t', SYS_ftruncate, fd, length); }
int ftruncate64(int fd, off_t length) { return change('t', SYS_ftruncate, fd, length); }
int fsync(int fd) { return change('s', SYS_fsync, fd, 0); }
int fdatasync(int fd) { return change('s', SYS_fdatasync, fd, 0); }

int unlink(const char *path) {
  if (!named(path)) return (int)syscall(SYS_unlink, path);
  pthread_mutex_lock(&one);
  int result = (int)syscall(SYS_unlink, path);
  if (result == 0) append('u', path, 0, NULL, 0);
  pthread_mutex_unlock(&one);
  return result;
}
`

/**
 * Makes the library.
 * @param scratch a directory of its own, for the library and the log
 * @param directory whose files are recorded
 * @returns the environment of the process and the path of its log; or why it cannot be done here, as text
 */
export function recorder(scratch: string, directory: string): { env: NodeJS.ProcessEnv; log: string } | string {
  if (process.platform !== 'linux') return 'writes are recorded by LD_PRELOAD, on Linux only'
  const library = join(scratch, 'recorder.so')
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-x', 'c', '-o', library, '-', '-lpthread'], {
    input: source,
    encoding: 'utf8',
  })
  if (built.status !== 0) return `no C compiler makes the library (${built.error?.message ?? built.stderr.trim()})`
  const log = join(scratch, 'writes')
  return { env: { LD_PRELOAD: library, RECORDED_DIRECTORY: directory, RECORDED_LOG: log }, log }
}
