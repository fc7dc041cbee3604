import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { beginCluster, replicasIn } from '../../../examples/cli/beginning.ts'
import { createSqliteStore, isStoreUnused, makeStore } from '../../../index.ts'

const ids = [1, 2, 3]
const cluster = 'epaxos'

describe('cli: the beginning of a cluster (input 4)', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'epaxos-beginning-'))
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  const place = (id: number) => ({ id, members: ids, data: join(data, String(id)), cluster })
  const isWhole = (id: number): boolean => existsSync(join(data, String(id), 'replica.db'))
  const mark = (): string => join(data, 'beginning.json')
  const brokenOff = (): void => writeFileSync(mark(), JSON.stringify({ cluster, replicas: 3 }))

  /** As a replica does that begins its first life. */
  function use(id: number): Promise<void> {
    const store = createSqliteStore({ directory: join(data, String(id)) })
    return new Promise((resolve, reject) => {
      store.open(error => {
        if (error !== null) reject(error)
        else
          store.write({ records: [], life: { life: 1, token: 't' } as never }, failure =>
            failure ? reject(failure) : store.close(resolve),
          )
      })
    })
  }

  it('makes the stores of a new one, and leaves no mark of it', async () => {
    expect(await beginCluster({ data: join(data, 'a', 'b'), ids })).to.equal(true)
    for (const id of ids) expect(existsSync(join(data, 'a', 'b', String(id), 'replica.db'))).to.equal(true)
    expect(existsSync(join(data, 'a', 'b', 'beginning.json'))).to.equal(false)
  })

  it('finishes what broke off anywhere: one store whole, one begun, one missing', async () => {
    brokenOff()
    await makeStore(place(1))
    const identity = readFileSync(join(data, '1', 'replica.mark'))
    mkdirSync(join(data, '2'))
    writeFileSync(join(data, '2', 'replica.db.new'), 'a part')
    expect(replicasIn(data)).to.equal(3)
    expect(await beginCluster({ data, ids })).to.equal(true)
    expect(ids.map(isWhole)).to.deep.equal([true, true, true])
    expect(readFileSync(join(data, '1', 'replica.mark'))).to.deep.equal(identity)
    expect(existsSync(mark())).to.equal(false)
  })

  it('finishes what a full disk left: a mark without words, a directory without a file', async () => {
    writeFileSync(mark(), '')
    mkdirSync(join(data, '1'))
    expect(await beginCluster({ data, ids })).to.equal(true)
    expect(ids.map(isWhole)).to.deep.equal([true, true, true])
  })

  it('makes none beside a store that was used: what is missing there is a lost disk', async () => {
    brokenOff()
    await makeStore(place(1))
    await makeStore(place(2))
    await use(2)
    expect(await isStoreUnused(place(1))).to.equal(true)
    expect(await isStoreUnused(place(2))).to.equal(false)
    expect(await beginCluster({ data, ids })).to.equal(false)
    expect(ids.map(isWhole)).to.deep.equal([true, true, false])
    expect(existsSync(mark())).to.equal(false)
  })

  it('makes none without a mark: what is missing there is a lost disk', async () => {
    await beginCluster({ data, ids })
    rmSync(join(data, '2'), { recursive: true })
    expect(await beginCluster({ data, ids })).to.equal(false)
    expect(ids.map(isWhole)).to.deep.equal([true, false, true])
  })

  it('begins anew with as many as are asked for now where no store was made yet', async () => {
    brokenOff()
    expect(await beginCluster({ data, ids: [1, 2, 3, 4, 5] })).to.equal(true)
    expect(existsSync(join(data, '5', 'replica.db'))).to.equal(true)
  })

  it('says what broke off when something else is asked for', async () => {
    brokenOff()
    await makeStore(place(1))
    const failure = await beginCluster({ data, ids: [1, 2, 3, 4, 5] }).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(failure).to.include({ code: 'refused' })
    expect(failure?.message).to.contain(`'epaxos' with 3 replicas`).and.contain('--replicas 3')
    expect(ids.map(isWhole)).to.deep.equal([true, false, false])
  })
})
