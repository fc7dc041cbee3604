import { expect } from 'chai'
import { doorNames } from '../fuzz/doors/door.ts'
import { defaultBounds, runTrial } from '../fuzz/trial.ts'
import { root, run } from './run-cli.ts'

/** Other specs run beside these: what is late says nothing here. `npm run fuzz` alone measures. */
const bounds = { ...defaultBounds, p99FloorMs: 20_000, servesWithinMs: 60_000 }

describe('real processes: the doors under attack', () => {
  for (const door of doorNames)
    it(`${door}: no process ends, memory is bounded, honest clients are served`, async () => {
      const report = await runTrial({
        ...{ door, seed: 1, seconds: 5, count: 200, rate: 100, bounds },
        signal: new AbortController().signal,
        told: () => {},
      })
      expect(report.findings, JSON.stringify(report.kinds)).to.deep.equal([])
      expect(report.attacks).to.equal(200)
      expect(report.during.answered).to.be.above(0)
    })

  it('the command refuses what it does not know, and tells how it is used', async () => {
    const fuzz = (...args: readonly string[]) =>
      run(process.execPath, ['--import', 'tsx', `${root}/spec/fuzz/run.ts`, ...args], '').ended
    expect(await fuzz('window')).to.include({ code: 2 })
    expect(await fuzz('client', '--replay', '/nowhere')).to.include({ code: 2 })
    const { code, stdout } = await fuzz('--help')
    expect(code).to.equal(0)
    for (const word of ['--minutes', '--seed', '--replay', '--json', 'Exit code']) expect(stdout).to.include(word)
  })
})
