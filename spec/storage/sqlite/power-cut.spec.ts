import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, open } from '../support/calls.ts'
import { countingRandom } from '../support/clock.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'
import { type Change, changesOf, cutPower } from '../support/power/cut.ts'
import { recorder } from '../support/power/recorder.ts'
import { contentOf, head, read } from '../support/state-calls.ts'

const checkpointer = fileURLToPath(new URL('../support/power/checkpointer.ts', import.meta.url))
const checkpoints = 9
const cuts = 40

/** The greatest number that was said of something before the power went. */
const lastSaid = (changes: readonly Change[], what: string): number =>
  Math.max(
    0,
    ...changes
      .filter(({ file, kind }) => file === 'said' && kind === 'write')
      .map(({ data }) => /^(\w+) (\d+)/.exec(data.toString()))
      .map(found => (found?.[1] === what ? Number(found[2]) : 0)),
  )

describe('SQLite store: power goes', () => {
  let parent: string
  beforeEach(() => {
    parent = temporaryDirectory()
  })
  afterEach(() => removeDirectory(parent))

  it('at any moment of votes and checkpoints: what was said to be durable is there, and whole', async function () {
    const directory = join(parent, 'data')
    const scratch = join(parent, 'scratch')
    mkdirSync(scratch)
    const recording = recorder(scratch, directory)
    if (typeof recording === 'string') {
      console.log(`      skipped: ${recording}`)
      return this.skip()
    }
    const store = createSqliteStore({ directory, bootstrap })
    await open(store)
    await close(store)
    const before = join(parent, 'before')
    cpSync(directory, before, { recursive: true })

    const child = spawn(process.execPath, ['--import', 'tsx', checkpointer, directory, String(checkpoints)], {
      stdio: 'inherit',
      env: { ...process.env, ...recording.env },
    })
    await once(child, 'exit')
    expect(readFileSync(join(directory, 'said'), 'utf8')).to.match(/end\n$/)
    const changes = changesOf(recording.log)
    expect(new Set(changes.map(({ file }) => file))).to.include.all.keys('state.db', 'state.db-journal')

    const random = countingRandom()
    const after = join(parent, 'after')
    const found = new Set<number>()
    for (let cut = 0; cut <= cuts; cut++) {
      const past = changes.slice(0, Math.floor((changes.length * cut) / cuts))
      // Nothing of what was not synced, all of it, or a part.
      const share = [0, 1, 0.5, 0.9][cut % 4]!
      cutPower(before, after, past, () => random() < share)
      const where = `after ${past.length} of ${changes.length} changes, ${share} kept`
      const again = createSqliteStore({ directory: after })
      const { records, checkpoint } = await open(again)
      expect(records.length, where).to.be.at.least(lastSaid(past, 'vote'))
      const number = checkpoint?.number ?? 0
      expect(number, where).to.be.at.least(lastSaid(past, 'checkpoint'))
      found.add(number)
      if (checkpoint !== undefined) expect(checkpoint.head, where).to.deep.equal(head(number))
      for (const key of checkpoint?.segments ?? [])
        expect(Buffer.compare(await read(again.state, key), contentOf(key)), `${where}: segment ${key}`).to.equal(0)
      await close(again)
    }
    expect(found.size, 'checkpoints found').to.be.at.least(checkpoints - 2)
  })
})
