import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * `npm run bench:micro [NAME...]`: the micro-benchmarks, one process after the other, so that none warms up or crowds
 * another. Columns: operations a second, microseconds and bytes of heap allocated an operation.
 */
const folder = new URL('.', import.meta.url)
const suffix = '.bench.ts'
const names = readdirSync(folder)
  .filter(file => file.endsWith(suffix))
  .map(file => file.slice(0, -suffix.length))
const asked = process.argv.slice(2)
const unknown = asked.filter(name => !names.includes(name))
if (unknown.length > 0) {
  console.error(`bench:micro: there is no ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : names) {
  console.log(`\n${name}`)
  const file = fileURLToPath(new URL(`./${name}${suffix}`, folder))
  const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(1)
}
