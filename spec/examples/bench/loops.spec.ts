import { expect } from 'chai'
import { closedLoop } from '../../../examples/bench/closed-loop.ts'
import { openLoop } from '../../../examples/bench/open-loop.ts'
import { Recorder } from '../../../examples/bench/recorder.ts'
import type { Target } from '../../../examples/bench/target.ts'

/** Answers when the spec says so. */
function heldTarget() {
  const held: { readonly client: number; readonly settled: (failure: string | undefined) => void }[] = []
  const target: Target = { send: (client, _, settled) => held.push({ client, settled }), close: () => {} }
  return { target, held, answer: (failure?: string) => held.shift()!.settled(failure) }
}
const next = () => ({ isRead: false, key: 'k', value: 'v' })
const until = async (isMet: () => boolean): Promise<void> => {
  while (!isMet()) await new Promise(resolve => setTimeout(resolve, 1))
}

describe('bench: loops', () => {
  it('closed: each client has one operation in flight, and begins the next when it is answered', async () => {
    const { target, held, answer } = heldTarget()
    const recorder = new Recorder()
    const loop = closedLoop(3, target, next, recorder)
    loop.start()
    expect(held.map(({ client }) => client)).to.deep.equal([0, 1, 2])
    answer()
    expect(
      held.map(({ client }) => client),
      'before the window nothing counts',
    ).to.deep.equal([1, 2, 0])
    expect(recorder.answered).to.equal(0)
    recorder.isOpen = true
    answer()
    expect(recorder.answered).to.equal(1)
    recorder.isOpen = false
    const stopped = loop.stop()
    while (held.length > 0) answer()
    await stopped
    expect(recorder.answered).to.equal(1)
    expect(recorder.latencies.count).to.equal(1)
  })

  it('closed: a failure is counted by its code, is no latency, and its client goes on', async () => {
    const { target, held, answer } = heldTarget()
    const recorder = new Recorder()
    recorder.isOpen = true
    const loop = closedLoop(1, target, next, recorder)
    loop.start()
    answer('unavailable')
    expect(recorder.failures.get('unavailable')).to.equal(1)
    expect(recorder.latencies.count).to.equal(0)
    await until(() => held.length === 1)
    const stopped = loop.stop()
    answer()
    await stopped
  })

  it('open: latency counts from the time at which an operation was due, though it could not be sent then', async () => {
    const { target, held, answer } = heldTarget()
    const recorder = new Recorder()
    recorder.isOpen = true
    const gapMs = 10
    const loop = openLoop(() => gapMs, 1, target, next, recorder)
    loop.start()
    // One in flight at most, which is not answered: ten more become due meanwhile, and wait.
    await until(() => held.length === 1)
    await new Promise(resolve => setTimeout(resolve, 11 * gapMs))
    expect(held.length).to.equal(1)
    for (let each = 0; each < 10; each++) {
      answer()
      await until(() => held.length === 1)
    }
    const stopped = loop.stop()
    answer()
    await stopped
    expect(recorder.latencies.count).to.equal(11)
    // The second was due 10 ms after the first, was sent some 100 ms later, and answered soon.
    expect(recorder.latencies.at(50)).to.be.above(recorder.served.at(50))
    expect(recorder.latencies.at(80), 'most waited for the first').to.be.above(4 * gapMs)
  })

  it('open: operations begin though none is answered', async () => {
    const { target, held, answer } = heldTarget()
    const loop = openLoop(() => 1, 1_000, target, next, new Recorder())
    loop.start()
    await until(() => held.length >= 20)
    const stopped = loop.stop()
    while (held.length > 0) answer()
    await stopped
  })
})
