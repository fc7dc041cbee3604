import { expect } from 'chai'
import { createFrameReader } from '../../../../examples/bench/etcd/frame-reader.ts'
import { frameTypes } from '../../../../examples/bench/etcd/frames.ts'

/** What etcd 3.4 sent for its settings and one put: settings, acknowledgement, windows, ping, headers, message, trailers. */
const recorded = Buffer.from(
  '00000c0400000000000005000040000003ffffffff0000000401000000000000040800000000000000001000000806000000' +
    '000002041010090e070700000e010400000001885f8b1d75d0620d263d4c4d6564000021000000000001000000001c0a1a08' +
    '95a2b49b8bcff6e48c0110b0a786f6f0fda5beac011802200200001801050000000140889acac8b21234da8f013040899aca' +
    'c8b5254207317f00',
  'hex',
)

describe('bench: frames of etcd', () => {
  const framesOf = (chunks: readonly Buffer[]): string[] => {
    const frames: string[] = []
    const read = createFrameReader((type, flag, stream, payload) =>
      frames.push(`${type} ${flag} ${stream} ${payload.length}`),
    )
    for (const chunk of chunks) read(chunk)
    return frames
  }

  it('are cut out of the stream, however it comes in pieces', () => {
    const whole = framesOf([recorded])
    const { settings, windowUpdate, ping, headers, data } = frameTypes
    expect(whole).to.deep.equal([
      `${settings} 0 0 12`,
      `${settings} 1 0 0`,
      `${windowUpdate} 0 0 4`,
      `${ping} 0 0 8`,
      `${headers} 4 1 14`,
      `${data} 0 1 33`,
      `${headers} 5 1 24`,
    ])
    for (const size of [1, 2, 7, 9, 64])
      expect(
        framesOf(
          Array.from({ length: Math.ceil(recorded.length / size) }, (_, at) =>
            recorded.subarray(at * size, (at + 1) * size),
          ),
        ),
        `pieces of ${size}`,
      ).to.deep.equal(whole)
  })
})
