import { expect } from 'chai'
import type { Checkpoints } from '../../../storage/sqlite/checkpoints.ts'
import type { Folds } from '../../../storage/sqlite/fold.ts'
import { createUpkeep } from '../../../storage/sqlite/upkeep.ts'

describe('SQLite store: upkeep between two flushes', () => {
  const batch = { records: [] }
  let done: string[]
  let isFoldDue: boolean
  let isCheckpointDue: boolean
  let foldError: Error | undefined
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
  beforeEach(() => {
    done = []
    isFoldDue = true
    isCheckpointDue = false
    foldError = undefined
  })
  const upkeep = createUpkeep(folds, checkpoints)
  const flush = () => upkeep.isDueAfter(1, batch, { rowBytes: 10, bytes: 20 })
  const run = () => new Promise<unknown>(resolve => upkeep.run(resolve))

  it('folds, and counts what that wrote for the checkpoint', async () => {
    expect(flush()).to.equal(true)
    isCheckpointDue = true
    expect(await run()).to.equal(null)
    expect(done).to.deep.equal(['wrote 20', 'fold', 'wrote 1000', 'checkpoint'])
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
