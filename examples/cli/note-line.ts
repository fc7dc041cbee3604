/** A line of a replica's log, on standard error. Why it stops is told once, by what `failed` is given. */
export function noteLine(line: string): void {
  if (!line.startsWith('stopping: ')) process.stderr.write(`${line}\n`)
}
