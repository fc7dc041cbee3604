import { spawnSync } from 'node:child_process'

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
