import { expect } from 'chai'
import { RefusedError } from '../../examples/cli/exit.ts'
import { type HungReport, measureHung } from './hung/bed.ts'

/** Longer than the suspicion time, several times. `npm run hung` takes 10 s, or as long as one likes. */
const seconds = 3

describe('real processes: syncs that hang (input 30)', function () {
  this.timeout(300_000)

  async function measured(test: Mocha.Context, replicas: number, hung: number): Promise<HungReport> {
    try {
      return await measureHung({ replicas, hung, seconds, built: false })
    } catch (error) {
      // Without a compiler.
      if (error instanceof RefusedError && error.message.includes('LD_PRELOAD')) test.skip()
      throw error
    }
  }

  it('at two of five: no command of a client of another replica fails, and nothing acknowledged is lost', async function () {
    const { healthy, own, lost, unexpectedEnds } = await measured(this, 5, 2)
    expect(Object.keys(healthy.ends)).to.eql(['ok'])
    // They are refused, or wait until the sync ends.
    for (const code of Object.keys(own.ends)) expect(code).to.be.oneOf(['ok', 'notReady', 'unavailable', 'unknown'])
    expect([lost, unexpectedEnds]).to.eql([[], []])
    process.stdout.write(`      longest wait of a client of another replica: ${healthy.longestMs.toFixed(0)} ms\n`)
  })

  it('at two of three: each command ends, nothing acknowledged is lost, and all serve again', async function () {
    const { healthy, own, limitMs, lost, unexpectedEnds, backAfterMs } = await measured(this, 3, 2)
    for (const { ends } of [healthy, own])
      for (const code of Object.keys(ends)) expect(code).to.be.oneOf(['ok', 'notReady', 'unavailable', 'unknown'])
    // The limit of a call is kept by its client, which may be late on a loaded machine.
    expect(Math.max(healthy.longestMs, own.longestMs)).to.be.below(2 * limitMs)
    expect([lost, unexpectedEnds]).to.eql([[], []])
    process.stdout.write(`      every replica answered ${backAfterMs.toFixed(0)} ms after the end\n`)
  })
})
