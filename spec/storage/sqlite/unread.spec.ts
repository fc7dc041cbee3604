import { expect } from 'chai'
import { isUnread } from '../../../storage/sqlite/check.ts'
import { damaged, toOpenError, toStoreError, withRemedy } from '../../../storage/sqlite/errors.ts'

const io = Object.assign(new Error('SQLITE_IOERR: disk I/O error'), { code: 'SQLITE_IOERR' })

describe('SQLite store: an error of the disk', () => {
  it('while a store is opened says nothing of damage, and that another start may do', () => {
    for (const cause of [io, Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })]) {
      const error = withRemedy(toOpenError(cause, 'opening /data/1/replica.db'))
      expect(error.code).to.equal('storeUnread')
      expect(error.message).to.include('the disk gave an error').and.include('To do: start this replica again')
      expect(error.message).not.to.match(/damaged|never start/)
    }
  })

  it('while one is written leaves the outcome unknown, as ever', () => {
    expect(toStoreError(io, 'writing /data/1/replica.db').code).to.equal('storeFailed')
  })

  it('that quick_check counts among the damage is told apart from damage', () => {
    const unread = '*** in database main ***\nTree 5 page 12: unable to get the page. error code=266'
    expect(isUnread(unread)).to.equal(true)
    expect(isUnread('Page 7: btreeInitPage() returns error code 11')).to.equal(false)
    expect(isUnread('Tree 3 page 3 cell 0: invalid page number 72')).to.equal(false)
  })

  it('takes no other error for its own', () => {
    const found = damaged('/data/1/replica.db', 'the snapshot', 'its checksum is another')
    expect(toOpenError(found, 'opening')).to.equal(found)
    const corrupt = Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' })
    expect(toOpenError(corrupt, 'opening').code).to.equal('storeDamaged')
  })
})
