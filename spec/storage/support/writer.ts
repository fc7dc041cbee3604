import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, record } from './calls.ts'

/**
 * A process with a store: `writer.ts DIRECTORY bootstrap|hold|write [RECORDS]`. Prints `begin`, `open`, then for `write` the index
 * of every record once it is durable; `error CODE` for what fails. After a failed write it tries once more.
 */
const [directory, mode, records] = process.argv.slice(2)
const recordsMax = Number(records ?? Number.POSITIVE_INFINITY)
const say = (line: string) => process.stdout.write(`${line}\n`)

const store = createSqliteStore({ directory: directory!, ...(mode === 'bootstrap' && { bootstrap }) })
say('begin')
store.open(error => {
  if (error !== null) return say(`error ${error.code}`)
  say('open')
  if (mode === 'write') write(1, true)
  else stay()
})

function stay(): void {
  setInterval(() => {}, 1_000)
}

function write(index: number, again: boolean): void {
  if (index > recordsMax) {
    stay()
    return
  }
  const padding = 'x'.repeat(500)
  store.write({ records: [record(0, index, `vote ${index} ${padding}`, `command ${index}`)] }, error => {
    if (error === null) {
      say(String(index))
      write(index + 1, again)
    } else {
      say(`error ${error.code}`)
      if (again) write(index + 1, false)
    }
  })
}
