import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEventPipe } from '../../../examples/cli/event-pipe.ts'
import { UsageError } from '../../../examples/cli/exit.ts'
import { toldIn } from '../../../examples/cli/process-events.ts'
import { EpaxosError } from '../../../index.ts'

describe('command line: events for a supervisor', () => {
  it('are a line of JSON each, in a file at once', () => {
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-events-'))
    const path = join(directory, 'events.jsonl')
    const fd = openSync(path, 'w')
    try {
      const tell = openEventPipe(fd)
      tell({ code: 'linkUp', peer: 2 })
      tell({ code: 'failed', error: new EpaxosError('portInUse', 'two\nlines') })
      const lines = readFileSync(path, 'utf8').split('\n')
      expect(lines.pop()).to.equal('')
      const [up, failed, ...more] = lines.map(toldIn)
      expect(more).to.eql([])
      expect(up).to.include({ level: 'info', code: 'linkUp', peer: 2, text: 'link to member 2 is up' })
      expect(failed).to.deep.include({ level: 'error', code: 'failed', text: 'portInUse: two lines' })
      expect(failed!.error).to.eql({ code: 'portInUse', message: 'two\nlines' })
    } finally {
      closeSync(fd)
      rmSync(directory, { recursive: true })
    }
  })

  it('go nowhere when nobody asks, and not to a descriptor that nobody opened', () => {
    expect(() => openEventPipe(undefined)({ code: 'roomAgain' })).not.to.throw()
    expect(() => openEventPipe(999)).to.throw(UsageError, 'nobody opened')
  })
})
