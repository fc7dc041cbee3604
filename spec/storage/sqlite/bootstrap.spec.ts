import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { filesOf } from '../../../storage/sqlite/files.ts'
import { createMark } from '../../../storage/sqlite/mark.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { bootstrap, close, errorOf, open } from '../support/calls.ts'
import { startWriter } from '../support/child.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: bootstrap', () => {
  let parent: string
  let directory: string

  beforeEach(() => {
    parent = temporaryDirectory()
    directory = join(parent, 'data', 'replica-2')
  })
  afterEach(() => removeDirectory(parent))

  const openAndClose = async (options: Partial<Parameters<typeof createSqliteStore>[0]> = {}) => {
    const store = createSqliteStore({ directory, ...options })
    const contents = await open(store)
    await close(store)
    return contents
  }

  it('makes the directory, and the same store opens without bootstrap then', async () => {
    expect(await errorOf(openAndClose())).to.include({ code: 'storeEmpty' })
    const { owner } = await openAndClose({ bootstrap })
    expect((await openAndClose()).owner).to.deep.equal(owner)
  })

  it('leaves alone what else lies in the directory', async () => {
    mkdirSync(join(directory, 'lost+found'), { recursive: true })
    await openAndClose({ bootstrap })
    await openAndClose()
  })

  for (const [what, leave] of [
    ['after the mark', () => {}],
    ['with a half-written database', () => writeFileSync(filesOf(directory).unfinished, 'half of it')],
    [
      'with a half-written mark and log',
      () => {
        writeFileSync(filesOf(directory).mark, 'ha')
        writeFileSync(`${filesOf(directory).unfinished}-wal`, 'half of it')
      },
    ],
  ] as const) {
    it(`that was interrupted ${what} is said to be, and can be done again`, async () => {
      mkdirSync(directory, { recursive: true })
      createMark(filesOf(directory).mark, '00000000-0000-4000-8000-000000000000')
      leave()
      const error = await errorOf(openAndClose())
      expect(error.code).to.equal('storeEmpty')
      expect(error.message).to.include('interrupted').and.include('--bootstrap')
      await openAndClose({ bootstrap })
      await openAndClose()
    })
  }

  it('leaves a whole store or none when it is killed', async () => {
    for (const delayMs of [0, 4, 8, 16, 32]) {
      directory = join(parent, `killed-after-${delayMs}`)
      const child = startWriter(directory, 'bootstrap')
      await child.until(lines => lines.includes('begin'))
      await new Promise(resolve => setTimeout(resolve, delayMs))
      await child.kill()
      const opened = await openAndClose().catch(async error => {
        expect(error).to.include({ code: 'storeEmpty' })
        return openAndClose({ bootstrap })
      })
      expect(opened.owner).to.deep.include(bootstrap)
    }
  })
})
