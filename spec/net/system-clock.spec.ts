import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { createClient } from '../../actors/client/client.ts'
import { defaultLimits } from '../../actors/shared/limits.ts'
import { createCodec } from '../../net/codec/create-codec.ts'
import { systemClock } from '../../net/system-clock.ts'
import { FakeConnector } from '../actors/client/fakes.ts'

/** Warnings of this process while `run` runs: Node warns of each timer that is too long. */
async function warningsOf(run: () => Promise<void>): Promise<readonly string[]> {
  const warnings: string[] = []
  const note = ({ name }: Error) => warnings.push(name)
  process.on('warning', note)
  await run()
  // Warnings come a turn later.
  await sleep(5)
  process.off('warning', note)
  return warnings.filter(name => name === 'TimeoutOverflowWarning')
}

describe('system clock', () => {
  it('input 25: has timers of any length: none fires before its time', async () => {
    let fired = 0
    const warnings = await warningsOf(async () => {
      const handles = [2 ** 31, 3e9, 1e15, Number.POSITIVE_INFINITY].map(delayMs =>
        systemClock.setTimeout(() => fired++, delayMs),
      )
      await sleep(50)
      for (const handle of handles) systemClock.clearTimeout(handle)
    })
    expect([fired, warnings]).to.deep.equal([0, []])
  })

  it('fires the others in time, and not those that are cleared', async () => {
    const fired: string[] = []
    systemClock.setTimeout(() => fired.push('soon'), 1)
    systemClock.clearTimeout(systemClock.setTimeout(() => fired.push('cleared'), 1))
    await sleep(50)
    expect(fired).to.deep.equal(['soon'])
  })

  it('input 25: a call with a limit of 35 days does not keep a client busy', async () => {
    let looks = 0
    const clock = {
      ...systemClock,
      now() {
        looks++
        return systemClock.now()
      },
    }
    const connector = new FakeConnector()
    const client = createClient({
      endpoints: ['a'],
      connector,
      clock,
      random: () => 0.5,
      codec: createCodec(defaultLimits),
      silenceMs: 3e9,
    })
    const warnings = await warningsOf(async () => {
      await connector.last.open()
      client.execute(new Uint8Array(1), { timeoutMs: 3e9 }).catch(() => undefined)
      looks = 0
      await sleep(100)
    })
    client.close()
    expect(warnings).to.deep.equal([])
    expect(looks, 'looks at the clock').to.be.below(20)
  })
})
