import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { PrintedLog, readPrinted } from '../../../examples/log/printed-log.ts'
import { createLogStateMachine } from '../../../examples/log/state-machine.ts'
import { conflict } from '../../../machines/protocol/commands.ts'
import { digestOfState, giveState } from '../../support/states.ts'

describe('log printer', () => {
  let directory: string
  let path: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'epaxos-log-'))
    path = join(directory, 'deeper', 'log.txt')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('gives every line its place, and goes on from a snapshot', () => {
    const printed: string[] = []
    const print = (place: number, line: string): void => {
      printed.push(`${place} ${line}`)
    }
    const log = createLogStateMachine(print)
    expect([log.apply('a'), log.apply('b')]).to.eql([1, 2])
    const copy = createLogStateMachine(print)
    giveState(copy, log)
    expect([copy.apply('c'), log.apply('c')]).to.eql([3, 3])
    expect(digestOfState(copy)).to.eql(digestOfState(log))
    expect(printed).to.eql(['1 a', '2 b', '3 c', '3 c'])
    const earlier = createLogStateMachine(print)
    earlier.migrate!(new TextEncoder().encode('{"place":2,"hash":7}'))
    expect(earlier.apply('c'), 'from before it had tables').to.equal(3)
    expect(() => copy.migrate!(new TextEncoder().encode('{}'))).to.throw(/snapshot/)
  })

  it('has another state for other lines or another order, and conflicts throughout', () => {
    const [one, other] = [createLogStateMachine(() => {}), createLogStateMachine(() => {})]
    for (const line of ['a', 'b']) one.apply(line)
    for (const line of ['b', 'a']) other.apply(line)
    expect(digestOfState(one)).not.to.eql(digestOfState(other))
    expect(conflict(one.footprint('a'), one.footprint('b'))).to.equal(true)
  })

  it('prints each place once, across restarts, and prints again what a crash cut off', () => {
    const first = new PrintedLog(path)
    expect([first.print(1, 'a'), first.print(2, 'b'), first.print(2, 'b')]).to.eql([true, true, false])
    first.close()
    appendFileSync(path, '3 half')
    expect(readPrinted(path)).to.eql(['1 a', '2 b'])
    const second = new PrintedLog(path)
    expect(second.place).to.equal(2)
    expect(second.linesBefore).to.eql(['1 a', '2 b'])
    expect([second.print(1, 'a'), second.print(2, 'b'), second.print(3, 'whole')]).to.eql([false, false, true])
    second.close()
    expect(readFileSync(path, 'utf8')).to.equal('1 a\n2 b\n3 whole\n')
  })
})
