import { expect } from 'chai'
import { defaultLimits } from '../../../actors/shared/limits.ts'
import { createCodec } from '../../../net/codec/create-codec.ts'
import { IncomingFrames, sliceMessages } from '../../../net/ws/incoming-frames.ts'
import { ballot } from '../../contracts/transport.ts'

const codec = createCodec(defaultLimits)
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Frames of one link, and what comes of them: numbers of messages, and words. */
function receiving() {
  const seen: (number | string)[] = []
  const frames: IncomingFrames = new IncomingFrames({
    codec,
    taken: (messages, bytes) => {
      seen.push(messages.length)
      if (bytes > 0) seen.push('frame')
    },
    malformed: () => {
      seen.push('malformed')
      frames.stop()
    },
    pause: () => seen.push('pause'),
    resume: () => seen.push('resume'),
  })
  return { frames, seen }
}
const frameOf = (count: number): Uint8Array =>
  codec.encodeMessages(Array.from({ length: count }, (_, at) => ballot(at + 1))).slice()

describe('incoming frames of a link', () => {
  it('are taken at once, as long as they are short', () => {
    const { frames, seen } = receiving()
    frames.take(frameOf(1))
    frames.take(frameOf(sliceMessages))
    expect(seen).to.deep.equal([1, 'frame', sliceMessages, 'frame'])
  })

  it('are worked off in slices when they are long: others have turns in between, and nothing more is read', async () => {
    const { frames, seen } = receiving()
    frames.take(frameOf(2 * sliceMessages + 3))
    expect(seen, 'one slice in this turn').to.deep.equal([sliceMessages, 'frame', 'pause'])
    frames.take(frameOf(5))
    expect(seen, 'what was read already waits').to.have.length(3)
    await turn()
    expect(seen.slice(3)).to.deep.equal([sliceMessages, 'pause'])
    await turn()
    await turn()
    expect(seen.slice(5), 'in their order').to.deep.equal([3, 'pause', 5, 'frame', 'resume'])
  })

  it('end with one that is none, and nothing of what waits follows', async () => {
    const { frames, seen } = receiving()
    frames.take(frameOf(sliceMessages + 1))
    frames.take(Uint8Array.of(0xc1))
    frames.take(frameOf(7))
    for (let turns = 0; turns < 4; turns++) await turn()
    expect(seen).to.deep.equal([sliceMessages, 'frame', 'pause', 1, 'pause', 'malformed'])
  })
})
