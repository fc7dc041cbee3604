import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createSqliteStore } from '../../../../storage/sqlite/store.ts'
import { open, record, write } from '../calls.ts'
import { add, checkpointOf, commit, contentOf } from '../state-calls.ts'

/**
 * A process with a store: `checkpointer.ts DIRECTORY COUNT`. Writes checkpoints and votes beside each other, and says in the
 * file `said` what is durable: `vote N`, `checkpoint N`. Checkpoint N has one segment more than the rest of N by 3; the
 * contents of a segment follow from its key.
 */
const [directory, count] = process.argv.slice(2)
const said = openSync(join(directory!, 'said'), 'w')
const say = (line: string) => writeSync(said, `${line}\n`)

async function main(): Promise<void> {
  const store = createSqliteStore({ directory: directory! })
  const { checkpoint, records } = await open(store)
  let vote = records.length
  let isOver = false
  let told: number | undefined
  async function writeVotes(): Promise<void> {
    while (!isOver) {
      const relied = told
      told = undefined
      vote++
      await write(store, { records: [record(0, vote, `vote ${vote}`)], ...(relied && { checkpoint: relied }) })
      say(`vote ${vote}`)
      await new Promise(resolve => setTimeout(resolve, 3))
    }
  }
  const voting = writeVotes()
  let live = checkpoint?.segments ?? []
  let last = Math.max(0, ...live)
  for (let number = (checkpoint?.number ?? 0) + 1; number <= Number(count); number++) {
    const added: number[] = []
    for (let at = 0; at <= number % 3; at++) {
      added.push(...(await add(store.state, contentOf(last + 1), contentOf(last + 2))))
      last = added.at(-1)!
    }
    live = [...live.slice(-5), ...added]
    await commit(store.state, checkpointOf(number, live))
    told = number
    say(`checkpoint ${number}`)
  }
  isOver = true
  await voting
  say('end')
}

void main().then(() => process.kill(process.pid, 'SIGKILL'))
