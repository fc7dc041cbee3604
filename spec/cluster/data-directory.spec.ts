import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually, freePorts, RealCluster } from './real-cluster.ts'
import { runCli } from './run-cli.ts'

describe('the data directory of a process', function () {
  this.timeout(240_000)

  it('is renamed while it runs: the replica stops and says so, and goes on where the directory is put back (input 14)', async () => {
    const cluster = await RealCluster.create()
    try {
      await cluster.startAll('--bootstrap')
      const client = cluster.connect(1)
      await client.put('k', 'before')
      renameSync(cluster.dataOf(3), `${cluster.dataOf(3)}.away`)
      await eventually('it has ended', async () => (cluster.isRunning(3) ? undefined : true))
      const failed = cluster.told.find(({ id, event }) => id === 3 && event.code === 'failed')!.event
      expect(failed.text).to.include('storeGone').and.include('was removed, renamed or replaced')
      expect(cluster.unexpectedEnds).to.have.length(1)
      await client.put('k', 'after')
      renameSync(`${cluster.dataOf(3)}.away`, cluster.dataOf(3))
      await cluster.start(3)
      await cluster.inStep()
      client.close()
    } finally {
      await cluster.dispose()
    }
  })

  it('cannot be one: each is named for what it is, and an empty name is refused (input 26)', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-names-'))
    try {
      const [port] = await freePorts(1)
      const serve = (data: string) =>
        runCli(['serve', '--id', '1', '--members', `1=ws://127.0.0.1:${port}`, '--bootstrap', '--data', data])
      const empty = await serve('')
      expect(empty.code).to.equal(2)
      expect(empty.stderr).to.include("expected a directory, found ''")
      expect((await runCli(['start', '--data', ''])).code).to.equal(2)
      symlinkSync('nowhere', join(directory, 'link'))
      writeFileSync(join(directory, 'file'), '')
      for (const [name, words] of [
        ['link', 'which is not there'],
        ['file', 'is a file, not a directory'],
        ['x'.repeat(300), 'longer than the file system takes'],
      ] as const) {
        const { code, stderr } = await serve(join(directory, name))
        expect(code, name).to.equal(1)
        expect(stderr).to.include('badDirectory').and.include(words)
        expect(stderr, 'the disk is not at fault').not.to.match(/disk is at fault|storeFailed/)
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
