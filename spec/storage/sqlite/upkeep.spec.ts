import { expect } from 'chai'
import type { Checkpoints } from '../../../storage/sqlite/checkpoints.ts'
import type { Deletions } from '../../../storage/sqlite/deletions.ts'
import type { Folds } from '../../../storage/sqlite/fold.ts'
import { createUpkeep } from '../../../storage/sqlite/upkeep.ts'
import type { WriteBatch } from '../../../storage/store.ts'

describe('SQLite store: upkeep between two flushes', () => {
  let done: string[]
  let isFoldDue: boolean
  let isCheckpointDue: boolean
  let foldError: Error | undefined
  let parts: number
  const folds: Folds = {
    isDueAfter: () => isFoldDue,
    run: async () => {
      done.push('fold')
      if (foldError !== undefined) throw foldError
      return 1_000
    },
  }
  const checkpoints: Checkpoints = {
    isDueAfter: bytes => {
      done.push(`wrote ${bytes}`)
      return isCheckpointDue
    },
    run: end => {
      done.push('checkpoint')
      end(null)
    },
  }
  const deletions: Deletions = {
    add: () => {
      parts = 2
    },
    get isPending() {
      return parts > 0
    },
    run: async bytes => {
      parts--
      done.push(`delete ${bytes}`)
    },
  }
  beforeEach(() => {
    done = []
    parts = 0
    isFoldDue = true
    isCheckpointDue = false
    foldError = undefined
  })
  const upkeep = createUpkeep(folds, deletions, checkpoints)
  const flush = (batch: WriteBatch = { records: [] }) => upkeep.isDueAfter(1, batch, { rowBytes: 10, bytes: 20 })
  const run = () => new Promise<unknown>(resolve => upkeep.run(resolve))

  it('folds, and counts what that wrote for the checkpoint', async () => {
    expect(flush()).to.equal(true)
    isCheckpointDue = true
    expect(await run()).to.equal(null)
    expect(done).to.deep.equal(['wrote 20', 'fold', 'wrote 1000', 'checkpoint'])
  })

  it('folds nothing before all that truncations leave is deleted, a part after each flush', async () => {
    expect(flush({ records: [], truncate: { epoch: 1, upTo: [1] } })).to.equal(true)
    expect(await run()).to.equal(null)
    expect(done).to.deep.equal(['wrote 20', 'delete 20'])
    isFoldDue = false
    expect(flush(), 'there is more to delete').to.equal(true)
    isFoldDue = true
    flush()
    expect(await run()).to.equal(null)
    expect(done.slice(4)).to.deep.equal(['delete 20', 'fold', 'wrote 1000'])
  })

  it('does what is due, and no more', async () => {
    isFoldDue = false
    expect(flush()).to.equal(false)
    isCheckpointDue = true
    expect(flush()).to.equal(true)
    expect(await run()).to.equal(null)
    expect(done).to.deep.equal(['wrote 20', 'wrote 20', 'checkpoint'])
  })

  it('folds later when only the room was missing, and fails otherwise', async () => {
    flush()
    foldError = Object.assign(new Error('no room'), { code: 'SQLITE_FULL' })
    expect(await run()).to.equal(null)
    foldError = Object.assign(new Error('the disk'), { code: 'SQLITE_IOERR' })
    expect(await run()).to.equal(foldError)
  })
})
