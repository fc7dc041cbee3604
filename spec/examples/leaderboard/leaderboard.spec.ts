import { expect } from 'chai'
import { createLeaderboard } from '../../../examples/leaderboard/state-machine.ts'
import { digestOfState, giveState } from '../../support/states.ts'
import { Program } from '../support/program.ts'
import { Programs } from '../support/programs.ts'

describe('examples/leaderboard: clients of a state machine', function () {
  this.timeout(120_000)
  let programs: Programs
  beforeEach(async () => {
    programs = await Programs.create('leaderboard/serve.ts', 3, { http: false })
    await programs.startAll('--bootstrap')
  })
  afterEach(() => programs.dispose())

  async function client(...args: readonly string[]): Promise<string> {
    const flags = ['--endpoints', programs.endpoints.join(), ...args]
    const program = new Program('leaderboard/client.ts', flags, programs.directory)
    expect(await program.ended(), program.output).to.equal(0)
    return program.output
  }

  it('adds up scores, shows the best, and goes on without one of three', async () => {
    expect(await client('score', 'anna', '30')).to.equal('30\n')
    await Promise.all([client('score', 'ben', '20'), client('score', 'carl', '50'), client('score', 'anna', '20')])
    expect(await client('top', '2')).to.equal('50 anna\n50 carl\n')
    expect(await programs.end(1, 'SIGKILL')).to.equal('SIGKILL')
    expect(await client('score', 'ben', '90')).to.equal('110\n')
    expect(await client('top')).to.equal('110 ben\n50 anna\n50 carl\n')
    expect((await client('top', '--stale')).split('\n').sort().at(-1)).to.match(/^\d+ (anna|ben|carl)$/)
  })
})

describe('examples/leaderboard: the state machine', () => {
  it('has equal digests for equal states, and refuses what is no command', () => {
    const [one, other] = [createLeaderboard(), createLeaderboard()]
    for (const player of ['a', 'b']) one.apply({ op: 'score', player, points: 1 })
    for (const player of ['b', 'a']) other.apply({ op: 'score', player, points: 1 })
    expect(digestOfState(one)).to.equal(digestOfState(other))
    giveState(other, one)
    expect(other.apply({ op: 'top', count: 3 })).to.eql([
      ['a', 1],
      ['b', 1],
    ])
    const wrong = [null, {}, { op: 'top', count: 0 }, { op: 'score', player: 'a', points: 0.5 }]
    for (const each of wrong) expect(() => one.footprint(each as never)).to.throw(TypeError)
  })
})
