import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const kib = 1024

/** Resident memory of a process in bytes, as the system says. @throws Error when there is no such process */
export function residentBytes(pid: number): number {
  const status = `/proc/${pid}/status`
  const found = existsSync('/proc')
    ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  const bytes = Number(found) * kib
  if (!(bytes > 0)) throw new Error(`process ${pid} has no resident memory: it is gone`)
  return bytes
}

const tickMs = 10
/** Of `/proc/PID/stat`, behind the name, which may have blanks in it: user and system time, in ticks. */
const [userTicks, systemTicks] = [11, 12]

/** Processor time of a process since its start; undefined where the system does not say. */
export function processorMs(pid: number): number | undefined {
  const stat = `/proc/${pid}/stat`
  if (!existsSync(stat)) return undefined
  const text = readFileSync(stat, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[userTicks]) + Number(fields[systemTicks])) * tickMs
}
