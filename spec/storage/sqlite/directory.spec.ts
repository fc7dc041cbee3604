import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { refusedPath } from '../../../storage/sqlite/directory.ts'
import { createSqliteStore } from '../../../storage/sqlite/store.ts'
import { StoreError } from '../../../storage/store.ts'
import { bootstrap, errorOf, open } from '../support/calls.ts'
import { removeDirectory, temporaryDirectory } from '../support/directory.ts'

describe('SQLite store: a directory that cannot be one (input 26)', () => {
  let parent: string
  beforeEach(() => {
    parent = temporaryDirectory()
  })
  afterEach(() => removeDirectory(parent))

  const cases: readonly (readonly [what: string, named: () => string, found: RegExp])[] = [
    [
      'a dangling link',
      () => {
        symlinkSync('nowhere', join(parent, 'link'))
        return join(parent, 'link')
      },
      /link is a link to \S+nowhere, which is not there/,
    ],
    [
      'a file in the way',
      () => {
        writeFileSync(join(parent, 'file'), '')
        return join(parent, 'file')
      },
      /file is a file, not a directory/,
    ],
    [
      'a file further up',
      () => {
        writeFileSync(join(parent, 'file'), '')
        return join(parent, 'file', 'data')
      },
      /a part of its path is a file/,
    ],
    [
      'links in a circle',
      () => {
        symlinkSync('b', join(parent, 'a'))
        symlinkSync('a', join(parent, 'b'))
        return join(parent, 'a', 'data')
      },
      /its links lead in a circle/,
    ],
    ['300 characters', () => join(parent, 'x'.repeat(300)), /longer than the file system takes/],
    ['an empty text', () => '', /empty text/],
  ]
  for (const [what, named, found] of cases)
    for (const isNew of [true, false])
      it(`names ${what} for what it is${isNew ? ', with bootstrap' : ''}`, async () => {
        const directory = named()
        const before = readdirSync(parent)
        const error = await errorOf(open(createSqliteStore({ directory, ...(isNew ? { bootstrap } : undefined) })))
        expect(error.code).to.equal('badDirectory')
        expect(error.message).to.match(found).and.include('To do: name a directory')
        expect(readdirSync(parent), 'nothing is made').to.eql(before)
        expect(existsSync('replica.mark'), 'nor in the working directory').to.equal(false)
      })

  it('names a directory where this process may not write', () => {
    for (const [code, words] of [
      ['EACCES', 'may not read and write'],
      ['EROFS', 'read-only'],
    ] as const) {
      const error = refusedPath('/data/1', Object.assign(new Error('no'), { code }))
      expect(error).to.be.instanceOf(StoreError).and.include({ code: 'badDirectory' })
      expect((error as StoreError).message)
        .to.include('/data/1')
        .and.include(words)
    }
    const other = new Error('something else')
    expect(refusedPath('/data/1', other)).to.equal(other)
  })
})
